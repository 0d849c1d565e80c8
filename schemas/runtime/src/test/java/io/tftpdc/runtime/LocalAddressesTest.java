package io.tftpdc.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Comparator;
import org.junit.jupiter.api.Test;

class LocalAddressesTest {

    @Test
    void onlyThoseAtWhichOthersMayReachItAreNamedIpv4First() {
        assertThat(LocalAddresses.reachable())
                .noneMatch(InetAddress::isLoopbackAddress)
                .noneMatch(InetAddress::isLinkLocalAddress)
                .isSortedAccordingTo(Comparator.comparing(address -> !(address instanceof Inet4Address)));
    }
}
