package io.tftpdc.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tftpdc.runtime.PortInUseException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** Real sockets on loopback, asked by dnsjava's resolver. */
class DnsServerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final TwoSites sites = new TwoSites();
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private DnsServer server;

    @BeforeEach
    void start() throws IOException {
        for (int i = 0; i < 32; i++) {
            sites.nodes.add(
                    TwoSites.edge("dc1", "more-" + i, "10.1.1." + i, "2001:db8:1:1::" + Integer.toHexString(i)));
        }
        DnsSettings settings = TwoSites.settings(32, 2, Duration.ofMillis(500));
        server = DnsServer.start(settings, sites.responder(settings), meters);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void udpAndTcpAreAnswered() throws IOException {
        SimpleResolver resolver = resolver();
        assertThat(resolver.send(query(Type.NS)).getSection(Section.ANSWER)).hasSize(2);
        resolver.setTCP(true);
        assertThat(resolver.send(query(Type.NS)).getSection(Section.ANSWER)).hasSize(2);

        assertThat(count("udp", "answered")).isEqualTo(1);
        assertThat(count("tcp", "answered")).isEqualTo(1);
    }

    @Test
    void aTruncatedAnswerIsFetchedOverTcp() throws IOException {
        SimpleResolver resolver = resolver();

        assertThat(resolver.send(query(Type.AAAA)).getSection(Section.ANSWER)).hasSize(32);

        assertThat(meters.get("tftpdc.dns.truncated").counter().count()).isEqualTo(1);
        assertThat(count("tcp", "answered")).isEqualTo(1);
    }

    @Test
    void queriesOnOneConnectionAreAnsweredInOrderWithoutWaitingForEachOther() throws IOException {
        try (Socket socket = connect()) {
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] first = query(Type.SOA).toWire();
            byte[] second = query(Type.NS).toWire();
            // Both in one write, the second one cut in the middle.
            out.write(framed(first, second), 0, first.length + second.length - 3);
            out.flush();
            assertThat(read(in).getHeader().getID())
                    .isEqualTo(new Message(first).getHeader().getID());
            out.write(framed(first, second), first.length + second.length - 3, 7);
            out.flush();
            assertThat(read(in).getHeader().getID())
                    .isEqualTo(new Message(second).getHeader().getID());
        }
    }

    @Test
    void aConnectionWithoutAWholeQueryIsClosed() throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(new byte[] {0, 30, 1});

            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void connectionsBeyondTheMostAreClosed() throws IOException {
        try (Socket first = connect();
                Socket second = connect()) {
            await().atMost(PATIENCE)
                    .until(() -> meters.get("tftpdc.dns.connections").gauge().value() == 2);
            try (Socket third = connect()) {
                assertThat(third.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(meters.get("tftpdc.dns.connections.refused").counter().count())
                    .isEqualTo(1);
            assertThat(first.isClosed() || second.isClosed()).isFalse();
        }
    }

    @Test
    void whatIsNoQueryIsDroppedAndCountedAndTheNextOneAnswered() throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            InetAddress loopback = InetAddress.getLoopbackAddress();
            byte[] junk = {1, 2, 3};
            byte[] response = query(Type.SOA).toWire();
            response[2] |= (byte) 0x80;
            socket.send(new DatagramPacket(junk, junk.length, loopback, server.port()));
            socket.send(new DatagramPacket(response, response.length, loopback, server.port()));

            await().atMost(PATIENCE).until(() -> count("udp", "malformed") == 1 && count("udp", "not-a-query") == 1);
        }
        assertThat(resolver().send(query(Type.SOA)).getSection(Section.ANSWER)).hasSize(1);
    }

    @Test
    void aPortThatIsTakenIsNamed() {
        DnsSettings taken = new DnsSettings(
                List.of("tftp.example.net"),
                List.of("127.0.0.1"),
                server.port(),
                Duration.ofSeconds(5),
                3,
                List.of(),
                "",
                10,
                10,
                Duration.ofSeconds(10));

        assertThatThrownBy(() -> DnsServer.start(taken, sites.responder(taken), new SimpleMeterRegistry()))
                .isInstanceOf(PortInUseException.class)
                .hasMessageContaining("Port " + server.port());
    }

    private SimpleResolver resolver() throws IOException {
        SimpleResolver resolver =
                new SimpleResolver(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        resolver.setTimeout(PATIENCE);
        resolver.setEDNS(-1);
        return resolver;
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    private double count(String transport, String result) {
        return meters.get("tftpdc.dns.queries")
                .tag("transport", transport)
                .tag("result", result)
                .counter()
                .count();
    }

    private static Message query(int type) throws IOException {
        return Message.newQuery(Record.newRecord(Name.fromString(TwoSites.ZONE), type, DClass.IN));
    }

    private static byte[] framed(byte[] first, byte[] second) {
        byte[] both = new byte[first.length + second.length + 4];
        both[1] = (byte) first.length;
        System.arraycopy(first, 0, both, 2, first.length);
        both[first.length + 3] = (byte) second.length;
        System.arraycopy(second, 0, both, first.length + 4, second.length);
        return both;
    }

    private static Message read(DataInputStream in) throws IOException {
        byte[] message = new byte[in.readUnsignedShort()];
        in.readFully(message);
        return new Message(message);
    }
}
