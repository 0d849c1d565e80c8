package io.tftpdc.edge.udp;

import io.netty.channel.unix.FileDescriptor;
import java.util.Optional;

/**
 * A periodic timer that an event loop sees like any other file descriptor (timerfd). While it runs, the loop can wait for
 * packets without a deadline, which saves the kernel from setting and taking back a timer with every packet.
 */
public interface KernelTimer extends AutoCloseable {

    /** A stopped timer; empty where {@link UdpBatch#isAvailable} says no. */
    static Optional<KernelTimer> create() {
        return ForeignClasses.call("LinuxKernelTimer", "open", KernelTimer.class);
    }

    /** Readable when the timer has run out. */
    FileDescriptor fd();

    /** Runs out again and again with this period, counted from now; 0 stops it. */
    void every(long nanos);

    /** Makes it unreadable until it runs out again. */
    void acknowledge();

    @Override
    void close();
}
