package io.tftpdc.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AdvertisedAddressesTest {
    private static final List<InetAddress> MACHINE = Stream.of("192.0.2.7", "198.51.100.7", "2001:db8::7")
            .map(AdvertisedAddressesTest::address)
            .toList();

    @Test
    void theListeningAddressIsAdvertised() {
        assertThat(new AdvertisedAddresses(List.of(), MACHINE)
                        .of(List.of(listening("10.0.0.5", 69)), listening("10.0.0.6", 80)))
                .isEqualTo(Map.of("tftp", "10.0.0.5:69", "http", "10.0.0.6:80"));
    }

    @Test
    void whoListensOnEverythingAdvertisesTheMachinesAddressesOfTheFamilies() {
        AdvertisedAddresses advertised = new AdvertisedAddresses(List.of(), MACHINE);

        assertThat(advertised.of(List.of(listening("::", 69)), listening("0.0.0.0", 80)))
                .isEqualTo(Map.of(
                        "tftp", "192.0.2.7:69",
                        "tftp-ipv6", "[2001:db8:0:0:0:0:0:7]:69",
                        "http", "192.0.2.7:80"));
    }

    @Test
    void whatIsConfiguredWinsWithThePortsThatAreListenedOn() {
        assertThat(new AdvertisedAddresses(List.of("203.0.113.1"), MACHINE)
                        .of(List.of(listening("::", 6969)), listening("127.0.0.1", 8069)))
                .isEqualTo(Map.of("tftp", "203.0.113.1:6969", "http", "203.0.113.1:8069"));
    }

    @Test
    void aNodeWithIpv6OnlyHasThatUnderThePlainName() {
        assertThat(new AdvertisedAddresses(List.of("2001:db8::1"), MACHINE)
                        .of(List.of(listening("::", 69)), listening("::", 80)))
                .isEqualTo(Map.of("tftp", "[2001:db8::1]:69", "http", "[2001:db8::1]:80"));
    }

    @Test
    void severalListenersAdvertiseOneOfEachFamily() {
        assertThat(new AdvertisedAddresses(List.of(), MACHINE)
                        .of(
                                List.of(listening("10.0.0.5", 69), listening("10.0.0.6", 69), listening("fd00::5", 69)),
                                listening("10.0.0.5", 80)))
                .isEqualTo(
                        Map.of("tftp", "10.0.0.5:69", "tftp-ipv6", "[fd00:0:0:0:0:0:0:5]:69", "http", "10.0.0.5:80"));
    }

    private static InetSocketAddress listening(String host, int port) {
        return new InetSocketAddress(address(host), port);
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
