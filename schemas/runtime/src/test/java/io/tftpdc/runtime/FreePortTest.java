package io.tftpdc.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class FreePortTest {
    private static final String HOST = "127.0.0.1";

    @Test
    void aPortIsBelowThoseThatTheSystemGivesAway() {
        for (int i = 0; i < 50; i++) {
            assertThat(FreePort.on(HOST)).isBetween(12_000, 32_767);
        }
    }

    @Test
    void aPortThatIsUsedByEitherProtocolIsNotFree() throws Exception {
        try (ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getByName(HOST));
                DatagramSocket udp = new DatagramSocket(new InetSocketAddress(HOST, 0))) {
            assertThat(FreePort.isFree(HOST, tcp.getLocalPort())).isFalse();
            assertThat(FreePort.isFree(HOST, udp.getLocalPort())).isFalse();
        }
    }

    @Test
    void anAddressOfAnotherMachineIsTold() {
        assertThatThrownBy(() -> FreePort.on("192.0.2.1")).hasMessageContaining("does this machine have that address?");
    }
}
