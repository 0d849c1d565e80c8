package io.tftpdc.edge.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.channel.epoll.LinuxSocket;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The system calls for real, on loopback. Skipped where they cannot be made. */
class UdpBatchTest {

    private static final int WAIT_MILLIS = 10_000;

    private UdpBatch batch;

    @BeforeEach
    void open() {
        assumeThat(UdpBatch.isAvailable()).as("Linux with Java 22 or later").isTrue();
        batch = UdpBatch.create().orElseThrow();
    }

    @AfterEach
    void close() {
        if (batch != null) {
            batch.close();
        }
    }

    /** Whoever only wants to know must not pay for buffers of several megabytes; their views on the heap tell. */
    @Test
    void whetherItCanBeIsKnownWithoutBuffers() {
        assertThat(UdpBatch.isAvailable()).isTrue(); // loads the classes

        long asking = allocatedBy(UdpBatch::isAvailable);
        long making = allocatedBy(() -> UdpBatch.create().orElseThrow().close());

        assertThat(asking).isLessThan(making / 4);
    }

    private static long allocatedBy(Runnable work) {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        work.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static boolean hasIpv6() {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress("::1", 0))) {
            return socket.isBound();
        } catch (SocketException none) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::1", "::"})
    void tellsWhoSentWhatToWhichAddress(String address) throws Exception {
        assumeThat(!address.contains(":") || hasIpv6()).isTrue();
        InetAddress local = InetAddress.getByName(address);
        String called = address.contains("::") ? "::1" : "127.0.0.1";
        LinuxSocket socket = UdpSockets.open(local);
        try (DatagramSocket client = new DatagramSocket(new InetSocketAddress(called, 0))) {
            UdpSockets.tellDestination(socket, local);
            InetSocketAddress bound = UdpSockets.bind(socket, new InetSocketAddress(local, 0));
            byte[] ack = {0, 4, (byte) 0xAB, (byte) 0xCD, 9};
            client.send(new DatagramPacket(ack, ack.length, InetAddress.getByName(called), bound.getPort()));
            client.send(new DatagramPacket(ack, 3, InetAddress.getByName(called), bound.getPort()));

            assertThat(receiveAll(socket, 2)).isEqualTo(2);

            assertThat(batch.length(0)).isEqualTo(5);
            assertThat(batch.head(0)).isEqualTo(0x0004ABCD);
            assertThat(batch.datagram(0)).isEqualTo(ByteBuffer.wrap(ack));
            assertThat(batch.sender(0)).isEqualTo(client.getLocalSocketAddress());
            assertThat(batch.destination(0)).isEqualTo(InetAddress.getByName(called));
            assertThat(batch.head(1)).isEqualTo(-1);
            Peer peer = Peer.of(batch.sender(0), !address.contains("."));
            assertThat(new Peer(batch.word0(0), batch.word1(0), batch.word2(0), batch.word3(0), peer.length()))
                    .isEqualTo(peer);
        } finally {
            socket.close();
        }
    }

    /** Datagrams on loopback are there when the call that sent them returns, but may be spread over calls. */
    private int receiveAll(LinuxSocket socket, int expected) {
        int received = batch.receive(socket.intValue());
        assertThat(received).isEqualTo(expected);
        return received;
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "::"})
    void gathersHeaderAndPayloadAndLetsTheKernelCutThem(String address) throws Exception {
        assumeThat(!address.contains(":") || hasIpv6()).isTrue();
        InetAddress local = InetAddress.getByName(address);
        LinuxSocket socket = UdpSockets.open(local);
        // From a socket of both families also to an IPv4 client.
        String there = address.equals("::") ? "127.0.0.1" : address;
        try (DatagramSocket client = new DatagramSocket(new InetSocketAddress(there, 0))) {
            client.setSoTimeout(WAIT_MILLIS);
            UdpSockets.bind(socket, new InetSocketAddress(local, 0));
            Peer peer = Peer.of((InetSocketAddress) client.getLocalSocketAddress(), !address.contains("."));
            byte[] content = new byte[2500];
            new Random(2500).nextBytes(content);

            batch.begin(peer, null);
            ByteBuffer copy = batch.scratch(content.length).put(content);
            assertThat(copy.hasRemaining()).isFalse();
            long start = batch.scratchAddress();
            batch.data(65_535, start, 1000);
            batch.data(0, start + 1000, 400);
            batch.more(start + 1400, 600);
            batch.data(1, start + 2000, 500);
            batch.segments(1004);
            batch.begin(peer, null);
            batch.bytes(ByteBuffer.wrap(new byte[] {0, 5, 0, 1, 0}));
            assertThat(batch.messages()).isEqualTo(2);
            assertThat(batch.flush(socket.intValue(), 0)).isEqualTo(2);
            batch.clear();

            assertThat(receive(client)).isEqualTo(packet(0xFFFF, content, 0, 1000));
            assertThat(receive(client)).isEqualTo(packet(0, content, 1000, 1000));
            assertThat(receive(client)).isEqualTo(packet(1, content, 2000, 500));
            assertThat(receive(client)).containsExactly(0, 5, 0, 1, 0);
        } finally {
            socket.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::"})
    void answersFromTheAddressThatWasCalled(String address) throws Exception {
        assumeThat(!address.contains(":") || hasIpv6()).isTrue();
        InetAddress local = InetAddress.getByName(address);
        LinuxSocket socket = UdpSockets.open(local);
        try (DatagramSocket client = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            client.setSoTimeout(WAIT_MILLIS);
            InetSocketAddress bound = UdpSockets.bind(socket, new InetSocketAddress(local, 0));
            InetAddress called = InetAddress.getByName("127.0.0.53");

            batch.begin(Peer.of((InetSocketAddress) client.getLocalSocketAddress(), address.equals("::")), called);
            batch.bytes(ByteBuffer.wrap(new byte[] {0, 4, 0, 1}));
            assertThat(batch.flush(socket.intValue(), 0)).isEqualTo(1);

            DatagramPacket received = new DatagramPacket(new byte[100], 100);
            client.receive(received);
            assertThat(received.getSocketAddress()).isEqualTo(new InetSocketAddress(called, bound.getPort()));
        } finally {
            socket.close();
        }
    }

    @Test
    void saysWhyAMessageWasNotTakenAndGoesOnBehindIt() throws Exception {
        InetAddress local = InetAddress.getByName("127.0.0.1");
        LinuxSocket socket = UdpSockets.open(local);
        try (DatagramSocket client = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            client.setSoTimeout(WAIT_MILLIS);
            UdpSockets.bind(socket, new InetSocketAddress(local, 0));
            Peer nobody = Peer.of(new InetSocketAddress("127.0.0.1", 0), false);
            Peer peer = Peer.of((InetSocketAddress) client.getLocalSocketAddress(), false);
            for (Peer to : new Peer[] {peer, nobody, peer}) {
                batch.begin(to, null);
                batch.bytes(ByteBuffer.wrap(new byte[] {0, 4, 0, 7}));
            }

            assertThat(batch.flush(socket.intValue(), 0)).isEqualTo(1);
            assertThat(batch.failure()).isEqualTo(22); // EINVAL: there is no port 0
            assertThat(batch.flush(socket.intValue(), 2)).isEqualTo(3);

            assertThat(receive(client)).containsExactly(0, 4, 0, 7);
            assertThat(receive(client)).containsExactly(0, 4, 0, 7);
        } finally {
            socket.close();
        }
    }

    private static byte[] receive(DatagramSocket client) throws Exception {
        DatagramPacket received = new DatagramPacket(new byte[0x10000], 0x10000);
        client.receive(received);
        return Arrays.copyOf(received.getData(), received.getLength());
    }

    private static byte[] packet(int block, byte[] content, int offset, int length) {
        return ByteBuffer.allocate(4 + length)
                .putShort((short) 3)
                .putShort((short) block)
                .put(content, offset, length)
                .array();
    }
}
