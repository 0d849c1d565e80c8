package io.tftpdc.edge.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.packet.TftpPacket.ReadRequest;
import io.tftpdc.tftp.packet.TransferMode;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which ports are opened, and who shares them; none is a real one. */
class TransferPortsTest {

    private static final byte[] LINK_LOCAL = {(byte) 0xFE, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.7", 2070);

    private final EventLoop loop = new DefaultEventLoop();
    private final LoopTimers timers = new LoopTimers(loop, () -> 0);
    private final TransferRegistry registry = new TransferRegistry(Duration.ofSeconds(5), 10);
    private final List<InetSocketAddress> opened = new ArrayList<>();

    @AfterEach
    void end() {
        loop.shutdownGracefully(0, 0, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void oneAddressOnTwoInterfacesIsTwoAddresses() throws Exception {
        TransferPorts ports = ports(new PortPolicy.Ephemeral());

        TransferPort first = ports.portFor(CLIENT, linkLocal(1)).orElseThrow();
        TransferPort second = ports.portFor(CLIENT, linkLocal(2)).orElseThrow();
        TransferPort again = ports.portFor(CLIENT, linkLocal(1)).orElseThrow();

        assertThat(scope(first)).isEqualTo(1);
        assertThat(scope(second)).isEqualTo(2);
        assertThat(again).isSameAs(first);
        assertThat(opened).hasSize(2);
    }

    @Test
    void aListenersPortAnswersFromTheInterfaceThatWasCalled() throws Exception {
        TransferPorts ports = ports(new PortPolicy.Single());
        ports.addListener(called -> Optional.of(new FakePort(new InetSocketAddress(called, 69))));

        assertThat(scope(ports.portFor(CLIENT, linkLocal(1)).orElseThrow())).isEqualTo(1);
        assertThat(scope(ports.portFor(CLIENT, linkLocal(2)).orElseThrow())).isEqualTo(2);
        assertThat(opened).isEmpty();
    }

    /** Where the neighbours on two links have the same address and port as well. */
    @Test
    void aRequestOnAnotherInterfaceRepeatsNone() throws Exception {
        assertThat(request(linkLocal(1)).key()).isEqualTo(request(linkLocal(1)).key());
        assertThat(request(linkLocal(1)).key())
                .isNotEqualTo(request(linkLocal(2)).key());
    }

    private static Request request(InetAddress called) {
        return new Request(
                new InetSocketAddress(called, 2070),
                called,
                new ReadRequest("f", TransferMode.OCTET, List.of()),
                Instant.EPOCH,
                0);
    }

    private TransferPorts ports(PortPolicy policy) {
        return new TransferPorts(
                address -> {
                    opened.add(address);
                    return new FakePort(new InetSocketAddress(address.getAddress(), 40_000 + opened.size()));
                },
                policy,
                0,
                1,
                1,
                registry,
                timers);
    }

    private static InetAddress linkLocal(int scope) throws UnknownHostException {
        return Inet6Address.getByAddress(null, LINK_LOCAL, scope);
    }

    private static int scope(TransferPort port) {
        return ((Inet6Address) port.local().getAddress()).getScopeId();
    }

    private record FakePort(InetSocketAddress local) implements TransferPort {
        @Override
        public ByteBufAllocator allocator() {
            throw new AssertionError("nothing is sent");
        }

        @Override
        public ClientPath to(InetSocketAddress client) {
            throw new AssertionError("nothing is sent");
        }

        @Override
        public void send(TftpPacket packet, InetSocketAddress to) {
            throw new AssertionError("nothing is sent");
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
