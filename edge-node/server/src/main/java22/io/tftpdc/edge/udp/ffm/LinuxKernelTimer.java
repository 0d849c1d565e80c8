package io.tftpdc.edge.udp.ffm;

import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import io.tftpdc.edge.udp.KernelTimer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Loaded by name from {@link KernelTimer#create}. */
public final class LinuxKernelTimer implements KernelTimer {

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    /** {@code struct itimerspec}: interval and first expiry, seconds and nanoseconds of each. */
    private static final long ITIMERSPEC = 32;

    private final FileDescriptor fd;
    private final MemorySegment spec = Arena.ofAuto().allocate(ITIMERSPEC, 8);
    private final ByteBuffer expirations = ByteBuffer.allocateDirect(Long.BYTES);

    private LinuxKernelTimer(FileDescriptor fd) {
        this.fd = fd;
    }

    /** A stopped timer. */
    public static KernelTimer open() {
        return new LinuxKernelTimer(Native.newTimerFd());
    }

    @Override
    public FileDescriptor fd() {
        return fd;
    }

    @Override
    public void every(long nanos) {
        for (long half = 0; half < ITIMERSPEC; half += 16) {
            Structs.putLong(spec.address() + half, nanos / NANOS_PER_SECOND);
            Structs.putLong(spec.address() + half + 8, nanos % NANOS_PER_SECOND);
        }
        if (Libc.timerfdSettime(fd.intValue(), spec) != 0) {
            throw new IllegalStateException("the kernel did not set a timer of " + nanos + " ns");
        }
    }

    @Override
    public void acknowledge() {
        try {
            fd.read(expirations, 0, Long.BYTES);
        } catch (IOException failure) {
            throw new UncheckedIOException("a timer cannot be read", failure);
        }
    }

    @Override
    public void close() {
        try {
            fd.close();
        } catch (IOException failure) {
            throw new UncheckedIOException("a timer cannot be closed", failure);
        }
    }
}
