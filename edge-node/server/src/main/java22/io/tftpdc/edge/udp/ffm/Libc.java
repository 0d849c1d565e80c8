package io.tftpdc.edge.udp.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** The system calls. Each returns what the C function does; after -1 the error number is in {@code state}, if it has one. */
final class Libc {

    static final int MSG_DONTWAIT = 0x40;

    /** Waits for the first datagram only. */
    static final int MSG_WAITFORONE = 0x10000;

    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int O_NONBLOCK = 04000;

    static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    /** int recvmmsg(int sockfd, struct mmsghdr *msgvec, unsigned int vlen, int flags, struct timespec *timeout) */
    private static final MethodHandle RECVMMSG =
            handle("recvmmsg", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));

    /** int sendmmsg(int sockfd, struct mmsghdr *msgvec, unsigned int vlen, int flags) */
    private static final MethodHandle SENDMMSG =
            handle("sendmmsg", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));

    /** int timerfd_settime(int fd, int flags, const struct itimerspec *new, struct itimerspec *old) */
    private static final MethodHandle TIMERFD_SETTIME = Linker.nativeLinker()
            .downcallHandle(
                    address("timerfd_settime"), FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

    /** int fcntl(int fd, int op, ...) with one int */
    private static final MethodHandle FCNTL = Linker.nativeLinker()
            .downcallHandle(
                    address("fcntl"),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
                    Linker.Option.firstVariadicArg(2));

    private Libc() {}

    /** True: this class is there only when all of the calls are. */
    static boolean isLinked() {
        return true;
    }

    private static MemorySegment address(String name) {
        return Linker.nativeLinker()
                .defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsupportedOperationException("this system has no " + name));
    }

    private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(address(name), descriptor, Linker.Option.captureCallState("errno"));
    }

    static int recvmmsg(MemorySegment state, int socket, MemorySegment vector, int count, int flags) {
        try {
            return (int) RECVMMSG.invokeExact(state, socket, vector, count, flags, MemorySegment.NULL);
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    static int sendmmsg(MemorySegment state, int socket, MemorySegment vector, int count) {
        try {
            return (int) SENDMMSG.invokeExact(state, socket, vector, count, MSG_DONTWAIT);
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Calls on this descriptor wait, unless they say MSG_DONTWAIT. 0 when it worked. */
    static int setBlocking(int fd) {
        try {
            int flags = (int) FCNTL.invokeExact(fd, F_GETFL, 0);
            return flags < 0 ? flags : (int) FCNTL.invokeExact(fd, F_SETFL, flags & ~O_NONBLOCK);
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** 0 when it worked. */
    static int timerfdSettime(int fd, MemorySegment spec) {
        try {
            return (int) TIMERFD_SETTIME.invokeExact(fd, 0, spec, MemorySegment.NULL);
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    static int errno(MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }
}
