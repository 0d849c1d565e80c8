package io.tftpdc.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PortUseTest {

    private static final String LOOPBACK = "127.0.0.1";

    @Test
    void aTakenTcpPortNamesThePortWhoWantsItAndTheOption() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK))) {
            PortUse use = new PortUse("Kafka", PortUse.Transport.TCP, LOOPBACK, taken.getLocalPort(), "--kafka-port");

            assertThat(use.problem()).hasValueSatisfying(problem -> assertThat(problem)
                    .contains(taken.getLocalPort() + "/TCP", "Kafka", "--kafka-port", "--port-offset"));
        }
    }

    @Test
    void aPortTakenOnOneAddressIsTakenForAllAddresses() throws Exception {
        try (DatagramSocket taken = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
            PortUse use = new PortUse("TFTP", PortUse.Transport.UDP, "", taken.getLocalPort(), "--tftp-port");

            assertThat(use.problem()).isPresent();
        }
    }

    @Test
    void tcpAndUdpDoNotTakeEachOthersPorts() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName(LOOPBACK))) {
            PortUse use = new PortUse("TFTP", PortUse.Transport.UDP, LOOPBACK, taken.getLocalPort(), "--tftp-port");

            assertThat(use.problem()).isEmpty();
        }
    }

    @Test
    void aPortWantedTwiceNamesBothOptions() {
        List<String> problems = PortUse.problems(List.of(
                new PortUse("REST", PortUse.Transport.TCP, LOOPBACK, 0xBEEF, "--http-port"),
                new PortUse("Kafka", PortUse.Transport.TCP, LOOPBACK, 0xBEEF, "--kafka-port")));

        assertThat(problems)
                .anySatisfy(problem -> assertThat(problem).contains("--http-port", "--kafka-port", "48879"));
    }

    @Test
    void aForbiddenPortSaysWhatItNeedsAndNotThatItIsTaken() {
        PortUse use = new PortUse("TFTP", PortUse.Transport.UDP, "", 69, "--tftp-port");

        assertThat(use.explain(new SocketException("Permission denied")))
                .contains("69/UDP", "root or CAP_NET_BIND_SERVICE", "--tftp-port")
                .doesNotContain("taken");
    }

    @ParameterizedTest
    @CsvSource({"--tftp-port,UDP,--listen", "--kafka-port,TCP,--control-listen"})
    void anAddressOfAnotherMachineNamesTheOptionOfTheAddress(
            String portOption, PortUse.Transport transport, String hostOption) {
        // Of the block for documentation, which no machine has.
        PortUse use = new PortUse("it", transport, "203.0.113.77", 0xBEEF, portOption);

        assertThat(use.problem()).hasValueSatisfying(problem -> assertThat(problem)
                .contains("203.0.113.77 is no address of this machine", "Change " + hostOption)
                .doesNotContain("taken"));
    }

    @Test
    void anOffsetThatLeavesTheRangeOfPortsIsNamed() {
        PortUse use = new PortUse("TFTP", PortUse.Transport.UDP, LOOPBACK, 70_000, "--tftp-port");

        assertThat(use.problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("70000", "1 to 65535"));
    }
}
