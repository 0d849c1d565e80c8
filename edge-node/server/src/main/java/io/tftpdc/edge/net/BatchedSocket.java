package io.tftpdc.edge.net;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.FileDescriptor;
import io.tftpdc.edge.udp.Peer;
import io.tftpdc.edge.udp.PeerTable;
import io.tftpdc.edge.udp.UdpBatch;
import io.tftpdc.edge.udp.UdpSockets;
import io.tftpdc.tftp.packet.Malformed;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.packet.TftpPacketCodec;
import io.tftpdc.tftp.transfer.Input.PacketReceived;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A UDP socket on a Netty event loop that receives and sends many datagrams with one system call, and gives each to the
 * session of its sender without making an object of it. Used by that event loop alone.
 *
 * <pre>
 *   readable ─► receive up to 64 ─► each to its session, or to {@link Strays} ─► flush ─► (a lone client: once more)
 *   writable ─► flush, if the socket was full before
 * </pre>
 */
final class BatchedSocket implements EpollIoHandle, OutgoingMessages.Queue {

    /** Takes what belongs to no session. */
    interface Strays {
        /** Datagram {@code i} of the batch. */
        void received(BatchedSocket socket, UdpBatch batch, int i);
    }

    private static final Logger LOG = LoggerFactory.getLogger(BatchedSocket.class);

    /** After so many full batches the other sockets of the loop get their turn; requests are the most urgent. */
    private static final int BATCHES_OF_REQUESTS = 4;

    private static final int HIGHEST_REQUEST_OPCODE = 2;

    /** How long a lone client's answer is waited for, in microseconds. */
    private static final int WAIT_MICROS = 1000;

    /** For how long the loop may do nothing but serve a lone client, in nanoseconds. */
    private static final long ALONE_NANOS = 2_000_000;

    /** What the sockets of one event loop share. */
    record Loop(
            IoEventLoop eventLoop,
            UdpBatch batch,
            OutgoingMessages messages,
            Turn turn,
            Backlog backlog,
            LoopTimers timers,
            TftpMetrics metrics) {}

    private final LinuxSocket socket;
    private final Loop loop;
    private final Strays strays;
    private final boolean listens;
    private final int manySessions;
    private final InetSocketAddress local;
    private final boolean ipv6;
    private final PeerTable<Session> sessions = new PeerTable<>();
    private final ArrayDeque<OutgoingMessages.Sender> waiting = new ArrayDeque<>();
    private @Nullable IoRegistration registration;
    private boolean mayWait;
    private int lastReceived;
    private boolean flushPostponed;
    private boolean flushing;
    private boolean full;
    private boolean closed;
    /** Batches sent; changes when something was sent. */
    private long batchesSent;

    /**
     * @param socket bound; closed with this
     * @param listens whether requests arrive here, which are never a session's
     * @param manySessions with so many it is crowded
     */
    BatchedSocket(LinuxSocket socket, Loop loop, Strays strays, boolean listens, int manySessions) {
        this.socket = socket;
        this.loop = loop;
        this.strays = strays;
        this.listens = listens;
        this.manySessions = manySessions;
        this.local = socket.localAddress();
        this.ipv6 = !(local.getAddress() instanceof Inet4Address);
    }

    InetSocketAddress local() {
        return local;
    }

    /** How an endpoint is written on this socket. */
    Peer peer(InetSocketAddress endpoint) {
        return Peer.of(endpoint, ipv6);
    }

    /** Begins to receive. */
    void register() throws IOException {
        var registered = loop.eventLoop().register(this).awaitUninterruptibly();
        if (!registered.isSuccess()) {
            throw new IOException("the event loop did not take the socket " + local, registered.cause());
        }
        IoRegistration mine = registered.getNow();
        registration = mine;
        mine.submit(EpollIoOps.EPOLLIN);
        loop.backlog().add(this, listens);
        if (!listens && loop.batch().allowWaiting(socket.intValue())) {
            UdpSockets.waitAtMost(socket, WAIT_MICROS);
            mayWait = true;
        }
    }

    void attach(Peer peer, Session session) {
        int before = sessions.size();
        sessions.put(peer, session);
        loop.backlog().sessionsChanged(sessions.size() - before);
    }

    void detach(Peer peer, Session session) {
        int before = sessions.size();
        sessions.remove(peer, session);
        loop.backlog().loneClient().gone(session);
        loop.backlog().sessionsChanged(sessions.size() - before);
    }

    boolean isCrowded() {
        return sessions.size() >= manySessions;
    }

    @Nullable
    Session session(Peer peer) {
        return sessions.find(peer);
    }

    @Override
    public void enqueue(OutgoingMessages.Sender sender) {
        waiting.add(sender);
    }

    @Override
    public FileDescriptor fd() {
        return socket;
    }

    @Override
    public void handle(IoRegistration mine, IoEvent event) {
        EpollIoOps ops = ((EpollIoEvent) event).ops();
        if (full && ops.contains(EpollIoOps.EPOLLOUT)) {
            full = false;
            mine.submit(EpollIoOps.EPOLLIN);
            flush();
        }
        if (ops.contains(EpollIoOps.EPOLLIN) || ops.contains(EpollIoOps.EPOLLERR)) {
            long sentBefore = batchesSent;
            receive();
            if (mayWait && batchesSent != sentBefore) {
                serveLoneClient();
            }
            if (!listens) {
                loop.backlog().requestsBetween(loop.timers().nanos());
            }
        }
    }

    /**
     * With a {@link LoneClient}, each packet would cost a round through epoll that does nothing. So for a short while its
     * answers are waited for right here. Whatever else the loop has to do waits for at most {@value #ALONE_NANOS}
     * nanoseconds and one answer.
     */
    private void serveLoneClient() {
        LoneClient lone = loop.backlog().loneClient();
        long now = loop.timers().nanos();
        if (!isAlone(now) || !lone.mayBeWaitedFor()) {
            return;
        }
        long until = now + ALONE_NANOS;
        long sentBefore = batchesSent - 1;
        while (batchesSent != sentBefore && isAlone(now)) {
            if (now - until >= 0) {
                lone.punctual();
                return;
            }
            sentBefore = batchesSent;
            // Looking for a second datagram takes the kernel time that is saved where datagrams come one by one.
            int received = loop.batch().receiveWaiting(socket.intValue(), lastReceived == 1 ? 1 : UdpBatch.MESSAGES);
            if (received == 0) {
                lone.late();
                return;
            }
            now = loop.timers().nanos();
            loop.turn().begin();
            handle(received, now);
            loop.turn().end();
        }
    }

    private boolean isAlone(long now) {
        return sessions.size() > 0 && loop.backlog().isAlone(now) && !full && !closed;
    }

    /** What is waiting, up to a limit. */
    void receive() {
        int batches = listens ? BATCHES_OF_REQUESTS : 1;
        boolean more = true;
        for (int i = 0; i < batches && more; i++) {
            loop.turn().begin();
            more = receiveOnce();
            loop.turn().end();
        }
    }

    /** Receives one batch, within a {@link Turn}; true when it was a full one, so that there may be more. */
    boolean receiveOnce() {
        if (closed) {
            return false;
        }
        int received = loop.batch().receive(socket.intValue());
        handle(received, loop.timers().nanos());
        return received == UdpBatch.MESSAGES;
    }

    private void handle(int received, long now) {
        lastReceived = received;
        for (int i = 0; i < received; i++) {
            dispatch(loop.batch(), i, now);
        }
        flush();
    }

    private void dispatch(UdpBatch batch, int i, long now) {
        try {
            Session session = sessions.size() == 0
                    ? null
                    : sessions.find(batch.word0(i), batch.word1(i), batch.word2(i), batch.word3(i));
            int head = batch.head(i);
            loop.backlog().loneClient().heard(session, now);
            if (session == null || (listens && head >>> 16 <= HIGHEST_REQUEST_OPCODE)) {
                strays.received(this, batch, i);
                return;
            }
            int block = TftpPacketCodec.ackBlock(head);
            if (block != TftpPacketCodec.OTHER_PACKET && session.acknowledged(block, now)) {
                return;
            }
            int data = TftpPacketCodec.dataBlock(head);
            if (data != TftpPacketCodec.OTHER_PACKET
                    && session.received(data, batch.datagram(i).position(TftpPacketCodec.DATA_HEADER_BYTES), now)) {
                return;
            }
            switch (TftpPacketCodec.decode(batch.datagram(i))) {
                case Malformed malformed -> loop.metrics().malformed.increment();
                case TftpPacket packet -> session.on(new PacketReceived(packet));
            }
        } catch (RuntimeException | OutOfMemoryError failure) {
            // Nobody else's packets may suffer for it.
            LOG.atError()
                    .setMessage("a datagram could not be handled")
                    .addKeyValue("local", local)
                    .setCause(failure)
                    .log();
        }
    }

    /** Sends what waits, now or at the end of the {@link Turn}. */
    void flush() {
        if (flushPostponed || flushing || full || closed || waiting.isEmpty()) {
            return;
        }
        flushPostponed = loop.turn().postpones(this);
        if (!flushPostponed) {
            flushNow();
        }
    }

    /** Sends what waits. */
    void flushNow() {
        flushPostponed = false;
        if (flushing || full || closed) {
            return;
        }
        flushing = true;
        try {
            while (!waiting.isEmpty() && !full && !closed) {
                add();
                batchesSent++;
                long refused = loop.messages().refusals();
                if (!loop.messages().send(socket.intValue(), this)) {
                    full = true;
                    if (registration != null) {
                        registration.submit(EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLOUT));
                    }
                }
                long now = loop.messages().refusals() - refused;
                if (now > 0) {
                    loop.metrics().notSent.increment(now);
                }
            }
        } finally {
            flushing = false;
        }
    }

    private void add() {
        OutgoingMessages messages = loop.messages();
        while (loop.batch().hasRoom()) {
            OutgoingMessages.Sender next = waiting.poll();
            if (next == null) {
                return;
            }
            if (!next.addTo(messages)) {
                waiting.add(next);
            }
        }
    }

    /** Whether it is of this family: an IPv4 address on an IPv4 socket, anything on an IPv6 one. */
    boolean reaches(InetAddress address) {
        return ipv6 || address instanceof Inet4Address;
    }

    /** Closes it when called by another thread than the event loop's, and returns when that is done. */
    void closeFromOutside() {
        if (loop.eventLoop().isShuttingDown()) {
            return; // which closes what is registered
        }
        loop.eventLoop().submit(this::close).awaitUninterruptibly();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        loop.backlog().remove(this);
        if (registration != null) {
            registration.cancel();
        }
        try {
            socket.close();
        } catch (IOException failure) {
            LOG.atDebug()
                    .setMessage("closing a socket failed")
                    .setCause(failure)
                    .log();
        }
    }
}
