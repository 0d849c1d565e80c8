package io.tftpdc.edge.content;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A chunk in memory: mapped, or read into a direct buffer.
 *
 * @param bytes the whole chunk, read-only
 * @param address where its first byte lies, for as long as {@code bytes} is reachable; 0 when that cannot be told
 */
record ResidentBytes(ByteBuf bytes, long address) {

    static ResidentBytes of(ByteBuffer buffer) {
        return new ResidentBytes(Unpooled.wrappedBuffer(buffer.asReadOnlyBuffer()), Addresses.of(buffer));
    }

    /**
     * Asks {@code java.lang.foreign.MemorySegment} for addresses. It is looked up by name because it is a preview at our
     * language level, while Netty's own {@code memoryAddress()} needs sun.misc.Unsafe, which it leaves alone on newer
     * JDKs.
     */
    private static final class Addresses {
        private static final @Nullable MethodHandle ADDRESS_OF_BUFFER = find();

        private static @Nullable MethodHandle find() {
            try {
                Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
                MethodHandles.Lookup lookup = MethodHandles.publicLookup();
                MethodHandle ofBuffer =
                        lookup.findStatic(segment, "ofBuffer", MethodType.methodType(segment, Buffer.class));
                MethodHandle address = lookup.findVirtual(segment, "address", MethodType.methodType(long.class));
                return MethodHandles.filterReturnValue(ofBuffer, address);
            } catch (ReflectiveOperationException e) {
                return null;
            }
        }

        static long of(ByteBuffer buffer) {
            MethodHandle handle = ADDRESS_OF_BUFFER;
            if (handle == null || !buffer.isDirect()) {
                return 0;
            }
            try {
                return (long) handle.invokeExact((Buffer) buffer);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException("MemorySegment.address failed", e);
            }
        }
    }
}
