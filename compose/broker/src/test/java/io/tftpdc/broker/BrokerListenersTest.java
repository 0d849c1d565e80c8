package io.tftpdc.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.broker.BrokerConfig.Proxied;
import java.util.List;
import org.junit.jupiter.api.Test;

class BrokerListenersTest {

    @Test
    void onOneAddressThereIsOneListenerForAll() {
        assertThat(new BrokerListeners("127.0.0.1", 9092, "127.0.0.1", 0, List.of(), 4001).settings())
                .containsEntry("listeners", "CLIENTS://127.0.0.1:9092,CONTROLLER://127.0.0.1:4001")
                .containsEntry("advertised.listeners", "CLIENTS://127.0.0.1:9092")
                .containsEntry("inter.broker.listener.name", "CLIENTS");
    }

    @Test
    void onAllAddressesOthersAreToldTheAdvertisedHostAndThisMachineUsesLoopback() {
        assertThat(new BrokerListeners("0.0.0.0", 9092, "boot.example", 4002, List.of(), 4001).settings())
                .containsEntry(
                        "listeners", "CLIENTS://0.0.0.0:9092,INTERNAL://127.0.0.1:4002,CONTROLLER://127.0.0.1:4001")
                .containsEntry("advertised.listeners", "CLIENTS://boot.example:9092,INTERNAL://127.0.0.1:4002")
                .containsEntry("inter.broker.listener.name", "INTERNAL");
    }

    @Test
    void ipv6AddressesStandInBrackets() {
        assertThat(new BrokerListeners("::", 9092, "fd00::2", 4002, List.of(), 4001).settings())
                .containsEntry("advertised.listeners", "CLIENTS://[fd00::2]:9092,INTERNAL://127.0.0.1:4002");
    }

    @Test
    void whoComesThroughAProxyIsToldTheProxysPort() {
        List<Proxied> proxied = List.of(new Proxied(9094, 9198), new Proxied(9095, 9298));

        assertThat(new BrokerListeners("127.0.0.1", 9092, "127.0.0.1", 0, proxied, 4001).settings())
                .containsEntry(
                        "listeners",
                        "CLIENTS://127.0.0.1:9092,PROXIED_9094://127.0.0.1:9094,PROXIED_9095://127.0.0.1:9095,"
                                + "CONTROLLER://127.0.0.1:4001")
                .containsEntry(
                        "advertised.listeners",
                        "CLIENTS://127.0.0.1:9092,PROXIED_9094://127.0.0.1:9198,PROXIED_9095://127.0.0.1:9298")
                .containsEntry("inter.broker.listener.name", "CLIENTS");
    }

    @Test
    void aProxiedListenerIsWrittenWithBothPorts() {
        assertThat(Proxied.parse("9094:9198")).isEqualTo(new Proxied(9094, 9198));
        assertThatThrownBy(() -> Proxied.parse("9094"))
                .hasMessageContaining("'9094'")
                .hasMessageContaining("PORT:ADVERTISED-PORT");
    }
}
