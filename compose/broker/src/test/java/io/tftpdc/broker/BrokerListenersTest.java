package io.tftpdc.broker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BrokerListenersTest {

    @Test
    void onOneAddressThereIsOneListenerForAll() {
        assertThat(new BrokerListeners("127.0.0.1", 9092, "127.0.0.1", 0, 4001).settings())
                .containsEntry("listeners", "CLIENTS://127.0.0.1:9092,CONTROLLER://127.0.0.1:4001")
                .containsEntry("advertised.listeners", "CLIENTS://127.0.0.1:9092")
                .containsEntry("inter.broker.listener.name", "CLIENTS");
    }

    @Test
    void onAllAddressesOthersAreToldTheAdvertisedHostAndThisMachineUsesLoopback() {
        assertThat(new BrokerListeners("0.0.0.0", 9092, "boot.example", 4002, 4001).settings())
                .containsEntry(
                        "listeners", "CLIENTS://0.0.0.0:9092,INTERNAL://127.0.0.1:4002,CONTROLLER://127.0.0.1:4001")
                .containsEntry("advertised.listeners", "CLIENTS://boot.example:9092,INTERNAL://127.0.0.1:4002")
                .containsEntry("inter.broker.listener.name", "INTERNAL");
    }

    @Test
    void ipv6AddressesStandInBrackets() {
        assertThat(new BrokerListeners("::", 9092, "fd00::2", 4002, 4001).settings())
                .containsEntry("advertised.listeners", "CLIENTS://[fd00::2]:9092,INTERNAL://127.0.0.1:4002");
    }
}
