package io.tftpdc.edge.udp;

import io.netty.channel.unix.FileDescriptor;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A periodic timer that an event loop sees like any other file descriptor (timerfd). While it runs, the loop can wait for
 * packets without a deadline, which saves the kernel from setting and taking back a timer with every packet.
 */
public interface KernelTimer extends AutoCloseable {

    /** A stopped timer, or null where {@link UdpBatch#create} gives none either. */
    static @Nullable KernelTimer create() {
        if (Runtime.version().feature() < 22) {
            return null;
        }
        try {
            return (KernelTimer) Class.forName("io.tftpdc.edge.udp.ffm.LinuxKernelTimer")
                    .getDeclaredMethod("open")
                    .invoke(null);
        } catch (ReflectiveOperationException | LinkageError unavailable) {
            LoggerFactory.getLogger(KernelTimer.class)
                    .atDebug()
                    .setMessage("no kernel timer here")
                    .setCause(unavailable)
                    .log();
            return null;
        }
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
