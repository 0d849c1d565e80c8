package io.tftpdc.edge.net;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.tftpdc.edge.udp.KernelTimer;
import org.jspecify.annotations.Nullable;

/** Ticks from a {@link KernelTimer} that is one of the event loop's file descriptors. */
final class KernelTicks implements EpollIoHandle, LoopTimers.Ticks {

    private static final Runnable NOTHING = () -> {};

    private final KernelTimer timer;
    private final IoEventLoop eventLoop;
    private @Nullable IoRegistration registration;
    private Runnable tick = NOTHING;

    KernelTicks(KernelTimer timer, IoEventLoop eventLoop) {
        this.timer = timer;
        this.eventLoop = eventLoop;
    }

    @Override
    public FileDescriptor fd() {
        return timer.fd();
    }

    @Override
    public void start(long periodNanos, Runnable each) {
        if (registration == null) {
            // On its own loop this is done at once.
            IoRegistration mine = eventLoop.register(this).getNow();
            mine.submit(EpollIoOps.EPOLLIN);
            registration = mine;
        }
        tick = each;
        timer.every(periodNanos);
    }

    @Override
    public void stop() {
        tick = NOTHING;
        timer.every(0);
    }

    @Override
    public void handle(IoRegistration mine, IoEvent event) {
        timer.acknowledge();
        tick.run();
    }

    /** Called by the event loop when it ends. */
    @Override
    public void close() {
        timer.close();
    }
}
