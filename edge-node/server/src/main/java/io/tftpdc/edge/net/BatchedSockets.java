package io.tftpdc.edge.net;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.LinuxSocket;
import io.tftpdc.edge.policy.LoopLimits;
import io.tftpdc.edge.udp.KernelTimer;
import io.tftpdc.edge.udp.UdpBatch;
import io.tftpdc.edge.udp.UdpSockets;
import io.tftpdc.tftp.packet.ErrorCode;
import io.tftpdc.tftp.packet.Malformed;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.packet.TftpPacket.ErrorPacket;
import io.tftpdc.tftp.packet.TftpPacketCodec;
import io.tftpdc.tftp.transfer.TransferId;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@link BatchedSocket}s. Every event loop has a socket of its own for requests; the kernel spreads clients over them by
 * their endpoints (SO_REUSEPORT), so a repeated request meets the transfer that it belongs to, and none is handed from
 * thread to thread.
 */
final class BatchedSockets implements ServerSockets {

    private static final int TRANSFER_BUFFER_BYTES = 8 << 20;
    private static final ErrorPacket UNKNOWN_TRANSFER =
            ErrorPacket.of(ErrorCode.UNKNOWN_TRANSFER_ID, "no such transfer");
    private static final int IPV4_UDP_HEADERS = 28;
    private static final int IPV6_UDP_HEADERS = 48;
    private static final int ETHERNET_MTU = 1500;

    private final TftpSettings settings;
    private final List<BatchedSocket> listeners = new ArrayList<>();

    BatchedSockets(TftpSettings settings) {
        this.settings = settings;
    }

    @Override
    public IoHandlerFactory ioHandlers() {
        return EpollIoHandler.newFactory();
    }

    @Override
    public OfLoop forLoop(
            IoEventLoop eventLoop,
            LoopTimers timers,
            TransferRegistry registry,
            LoopLimits limits,
            TftpMetrics metrics) {
        UdpBatch batch =
                UdpBatch.create().orElseThrow(() -> new IllegalStateException("batched UDP was there a moment ago"));
        Turn turn = new Turn();
        Backlog backlog = new Backlog();
        KernelTimer.create()
                .ifPresent(timer -> timers.drivenBy(new KernelTicks(timer, eventLoop), turn, backlog::drain));
        return new LoopSockets(
                new BatchedSocket.Loop(eventLoop, batch, new OutgoingMessages(batch), turn, backlog, timers, metrics),
                registry,
                limits);
    }

    private static final class LoopSockets implements OfLoop {
        private final BatchedSocket.Loop loop;
        private final TransferRegistry registry;
        private final LoopLimits limits;

        LoopSockets(BatchedSocket.Loop loop, TransferRegistry registry, LoopLimits limits) {
            this.loop = loop;
            this.registry = registry;
            this.limits = limits;
        }

        @Override
        public TransferPort open(InetSocketAddress address) throws IOException {
            LinuxSocket socket = openSocket(address.getAddress());
            try {
                int granted = UdpSockets.setBuffers(socket, TRANSFER_BUFFER_BYTES, TRANSFER_BUFFER_BYTES);
                socket.bind(address);
                BatchedSocket batched =
                        new BatchedSocket(socket, loop, this::stranger, false, TransferPorts.transfersIn(granted));
                batched.register();
                return new BatchedPort(batched, batched.local(), null, longestSegment(address.getAddress()));
            } catch (IOException | RuntimeException failure) {
                socket.close();
                throw failure;
            }
        }

        /** No session's, as in {@link TransferHandler}. */
        private void stranger(BatchedSocket socket, UdpBatch batch, int i) {
            TransferId id = new TransferId(batch.sender(i), socket.local());
            if (registry.dallying(id, loop.timers().nanos())) {
                return; // a late packet of a transfer that has just ended
            }
            switch (TftpPacketCodec.decode(batch.datagram(i))) {
                case Malformed malformed -> loop.metrics().malformed.increment();
                case ErrorPacket error -> loop.metrics().strangers.increment(); // an ERROR is never answered
                case TftpPacket packet -> {
                    loop.metrics().strangers.increment();
                    if (limits.admitsError(
                            id.client().getAddress(), loop.timers().nanos())) {
                        new BatchedPort(socket, socket.local(), null, 0).send(UNKNOWN_TRANSFER, id.client());
                    }
                }
            }
        }
    }

    private static LinuxSocket openSocket(InetAddress address) throws IOException {
        LinuxSocket socket;
        try {
            socket = UdpSockets.open(address);
        } catch (RuntimeException outOfSockets) {
            throw new IOException(outOfSockets.getMessage(), outOfSockets);
        }
        UdpSockets.allowFragments(socket, address);
        return socket;
    }

    @Override
    public InetSocketAddress listen(InetSocketAddress wanted, List<Worker> workers) throws IOException {
        // Without SO_REUSEPORT, so that another server's socket on this port does not go unnoticed.
        LinuxSocket first = openSocket(wanted.getAddress());
        InetSocketAddress bound;
        try {
            bound = UdpSockets.bind(first, wanted);
        } finally {
            first.close();
        }
        for (Worker worker : workers) {
            open(bound, worker, workers.size() > 1);
        }
        return bound;
    }

    private void open(InetSocketAddress bound, Worker worker, boolean shared) throws IOException {
        InetAddress address = bound.getAddress();
        LinuxSocket socket = openSocket(address);
        try {
            if (shared) {
                socket.setReusePort(true);
            }
            int granted = UdpSockets.setBuffers(socket, settings.receiveBufferBytes(), TRANSFER_BUFFER_BYTES);
            if (address.isAnyLocalAddress()) {
                UdpSockets.tellDestination(socket, address);
            }
            socket.bind(bound);
            LoopSockets sockets = (LoopSockets) worker.sockets();
            BatchedSocket listener = new BatchedSocket(
                    socket,
                    sockets.loop,
                    (from, batch, i) -> request(from, batch, i, worker.requests()),
                    true,
                    Integer.MAX_VALUE);
            worker.eventLoop()
                    .submit(() -> worker.ports().addListener(called -> as(listener, called)))
                    .syncUninterruptibly();
            listener.register();
            listeners.add(listener);
            TftpListener.checkReceiveBuffer(settings, granted);
        } catch (IOException | RuntimeException failure) {
            socket.close();
            throw failure;
        }
    }

    private static void request(BatchedSocket socket, UdpBatch batch, int i, RequestHandler requests) {
        InetAddress called = batch.destination(i);
        InetSocketAddress local = called == null
                ? socket.local()
                : new InetSocketAddress(called, socket.local().getPort());
        requests.handle(new Received(batch.sender(i), local, TftpPacketCodec.decode(batch.datagram(i))));
        socket.flush();
    }

    /** The listener as a port to answer from. */
    private static Optional<TransferPort> as(BatchedSocket listener, InetAddress called) {
        InetSocketAddress own = listener.local();
        if (own.getAddress().equals(called)) {
            return Optional.of(new BatchedPort(listener, own, null, longestSegment(called)));
        }
        if (!own.getAddress().isAnyLocalAddress() || !listener.reaches(called)) {
            return Optional.empty();
        }
        return Optional.of(new BatchedPort(
                listener, new InetSocketAddress(called, own.getPort()), called, longestSegment(called)));
    }

    /** What leaves this address's interface in one piece. */
    private static int longestSegment(InetAddress local) {
        int headers = local instanceof Inet6Address ? IPV6_UDP_HEADERS : IPV4_UDP_HEADERS;
        try {
            NetworkInterface networkInterface = NetworkInterface.getByInetAddress(local);
            return (networkInterface == null ? ETHERNET_MTU : networkInterface.getMTU()) - headers;
        } catch (SocketException unknown) {
            return ETHERNET_MTU - headers;
        }
    }

    @Override
    public void stopListening() {
        listeners.forEach(BatchedSocket::closeFromOutside);
        listeners.clear();
    }

    @Override
    public String toString() {
        return "batched epoll";
    }
}
