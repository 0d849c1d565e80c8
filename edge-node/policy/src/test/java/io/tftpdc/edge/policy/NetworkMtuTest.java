package io.tftpdc.edge.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.edge.policy.NetworkMtu.Link;
import io.tftpdc.edge.policy.NetworkMtu.Neighbours;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkMtuTest {
    private static final InetAddress CALLED = Addresses.of("10.1.0.1");

    private final List<InetAddress> asked = new ArrayList<>();
    private long now;

    private NetworkMtu network(int mtu) {
        return new NetworkMtu(
                local -> {
                    asked.add(local);
                    return new Link(
                            mtu,
                            List.of(
                                    new Neighbours(Addresses.of("10.1.0.1"), 20),
                                    new Neighbours(Addresses.of("2001:db8::1"), 64)));
                },
                () -> now);
    }

    @ParameterizedTest
    @CsvSource({
        // Ethernet
        "1500, 10.1.2.3, 1468",
        "1500, 10.1.16.3, 1468",
        "1500, 2001:db8::2, 1448",
        "1500, 2001:db8:1::2, 1448",
        // jumbo frames: only on the same network
        "9000, 10.1.15.255, 8968",
        "9000, 10.1.16.0, 1468",
        "9000, 2001:db8::2, 8948",
        "9000, 2001:db8:0:1::2, 1448",
        // a tunnel or an overlay: for everybody
        "1450, 10.1.2.3, 1418",
        "1450, 10.9.2.3, 1418",
        "1420, 2001:db8::2, 1368",
        // as loopback has it; blksize ends at 65464
        "65536, 127.0.0.1, 65464",
        "65536, ::1, 65464",
        "16384, 127.0.0.1, 16352",
        // nonsense
        "20, 10.1.2.3, 8"
    })
    void aBlockFitsIntoOnePacket(int mtu, String client, int bytes) {
        assertThat(network(mtu).largestFor(Addresses.of(client), CALLED)).isEqualTo(bytes);
    }

    @Test
    void whenTheKernelDoesNotTellWhatWasCalledEthernetCounts() {
        assertThat(network(9000).largestFor(Addresses.of("10.1.2.3"), Addresses.of("0.0.0.0")))
                .isEqualTo(1468);
        assertThat(network(9000).largestFor(Addresses.of("2001:db8::2"), Addresses.of("::")))
                .isEqualTo(1448);
        assertThat(asked).isEmpty();
    }

    @Test
    void interfacesAreAskedOnceAMinute() {
        NetworkMtu network = network(1500);
        network.largestFor(Addresses.of("10.1.2.3"), CALLED);
        now += TimeUnit.SECONDS.toNanos(59);
        network.largestFor(Addresses.of("10.1.2.4"), CALLED);
        assertThat(asked).hasSize(1);
        now += TimeUnit.SECONDS.toNanos(1);
        network.largestFor(Addresses.of("10.1.2.3"), CALLED);
        assertThat(asked).hasSize(2);
    }

    @Test
    void whoeverMakesUpAddressesFillsNoMemory() {
        NetworkMtu network = network(1500);
        for (int i = 0; i < 5000; i++) {
            network.largestFor(Addresses.of("10.1.2.3"), Addresses.of("10.2." + i / 250 + "." + i % 250));
        }
        assertThat(network.kept()).isLessThanOrEqualTo(1024);
    }

    @Test
    void thisHostsLoopbackTellsItsMtu() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        int mtu = NetworkInterface.getByInetAddress(loopback).getMTU();

        Link link = LocalLinks.of(loopback);

        assertThat(link.mtu()).isEqualTo(mtu);
        assertThat(link.neighbours()).anyMatch(network -> network.contains(Addresses.of("127.9.9.9")));
        assertThat(LocalLinks.of(Addresses.of("127.1.2.3")).mtu()).isEqualTo(mtu);
        assertThat(LocalLinks.of(Addresses.of("192.0.2.1"))).isEqualTo(Link.UNKNOWN);
    }
}
