package io.tftpdc.edge.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.packet.TftpPacket.ReadRequest;
import io.tftpdc.tftp.packet.TransferMode;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which ports are opened, and who shares them; none is a real one. */
class TransferPortsTest {

    private static final byte[] LINK_LOCAL = {(byte) 0xFE, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.7", 2070);

    private final EventLoop loop = new DefaultEventLoop();
    private long nanos;
    private final LoopTimers timers = new LoopTimers(loop, () -> nanos);
    private final TransferRegistry registry = new TransferRegistry(Duration.ofSeconds(5), 10);
    private final List<InetSocketAddress> opened = new ArrayList<>();
    private final Set<InetSocketAddress> crowded = new HashSet<>();
    private boolean crowdedByDefault;
    private boolean outOfSockets;
    private int tries;

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

    @Test
    void anotherPortIsOpenedWhenAllAreCrowdedAndNotForEver() throws Exception {
        TransferPorts ports = ports(new PortPolicy.Ephemeral());
        TransferPort first = ports.portFor(CLIENT, linkLocal(1)).orElseThrow();

        crowded.add(first.local());
        TransferPort second = ports.portFor(CLIENT, linkLocal(1)).orElseThrow();
        assertThat(second).isNotSameAs(first);
        assertThat(ports.portFor(CLIENT, linkLocal(1))).contains(second);

        crowdedByDefault = true;
        for (int i = 0; i < 100; i++) {
            assertThat(ports.portFor(CLIENT, linkLocal(1))).isPresent();
        }
        assertThat(opened).hasSize(16);

        crowdedByDefault = false;
        assertThat(ports.portFor(CLIENT, linkLocal(1)))
                .as("one that a rush left")
                .isNotEqualTo(Optional.of(first));
        crowded.clear();
        for (int i = 0; i < 16; i++) {
            assertThat(ports.portFor(CLIENT, linkLocal(1))).as("after the rush").contains(first);
        }
        assertThat(opened).hasSize(16);
    }

    @Test
    void aRangeWithFewPortsForEachLoopIsUsedUpAndNotMore() throws Exception {
        crowdedByDefault = true;
        TransferPorts ports = ports(new PortPolicy.Range(50_000, 50_002), 2, 1, 4);
        Set<InetSocketAddress> used = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            used.add(ports.portFor(CLIENT, linkLocal(1)).orElseThrow().local());
        }

        assertThat(opened).extracting(InetSocketAddress::getPort).containsExactly(50_001);
        assertThat(used).hasSize(1);

        opened.clear();
        TransferPorts others = ports(new PortPolicy.Range(50_000, 50_002), 2, 0, 4);
        used.clear();
        for (int i = 0; i < 20; i++) {
            used.add(others.portFor(CLIENT, linkLocal(1)).orElseThrow().local());
        }
        assertThat(opened).extracting(InetSocketAddress::getPort).containsExactly(50_000, 50_002);
        assertThat(used).as("they take turns").hasSize(2);
        assertThat(tries).isEqualTo(3);
    }

    @Test
    void anAddressThatHasNoPortsToBeHadKeepsNoneFromOthers() throws Exception {
        TransferPorts ports = ports(new PortPolicy.Ephemeral());
        outOfSockets = true;
        assertThat(ports.portFor(CLIENT, linkLocal(1))).isEmpty();

        outOfSockets = false;
        assertThat(ports.portFor(CLIENT, linkLocal(2))).isPresent();
        assertThat(ports.portFor(CLIENT, linkLocal(1)))
                .as("nobody tries for a while")
                .isEmpty();
    }

    @Test
    void whenNoneCanBeOpenedTheCrowdedOneDoesAndNobodyTriesForAWhile() throws Exception {
        TransferPorts ports = ports(new PortPolicy.Ephemeral());
        TransferPort first = ports.portFor(CLIENT, linkLocal(1)).orElseThrow();
        crowdedByDefault = true;
        outOfSockets = true;

        assertThat(ports.portFor(CLIENT, linkLocal(1))).contains(first);
        assertThat(ports.portFor(CLIENT, linkLocal(1))).contains(first);
        assertThat(tries).isEqualTo(2);

        outOfSockets = false;
        nanos += Duration.ofSeconds(6).toNanos();
        assertThat(ports.portFor(CLIENT, linkLocal(1)).orElseThrow()).isNotSameAs(first);
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
        return ports(policy, 1, 0, 1);
    }

    private TransferPorts ports(PortPolicy policy, int loops, int index, int usualPorts) {
        return new TransferPorts(
                address -> {
                    tries++;
                    if (outOfSockets) {
                        throw new IOException("out of sockets");
                    }
                    opened.add(address);
                    return new FakePort(new InetSocketAddress(address.getAddress(), 40_000 + opened.size()));
                },
                policy,
                index,
                loops,
                usualPorts,
                registry,
                timers);
    }

    private static InetAddress linkLocal(int scope) throws UnknownHostException {
        return Inet6Address.getByAddress(null, LINK_LOCAL, scope);
    }

    private static int scope(TransferPort port) {
        return ((Inet6Address) port.local().getAddress()).getScopeId();
    }

    private final class FakePort implements TransferPort {
        private final InetSocketAddress local;

        FakePort(InetSocketAddress local) {
            this.local = local;
        }

        @Override
        public InetSocketAddress local() {
            return local;
        }

        @Override
        public boolean isCrowded() {
            return crowdedByDefault || crowded.contains(local);
        }

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
