package io.tftpdc.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test class after which a Netty buffer was collected that nobody had released. */
public final class NoLeaks implements AfterAllCallback {

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        assertThat(leaks()).isEmpty();
    }

    /** Everything leaked so far. Waits for a garbage collection, which is what finds leaks. */
    static List<String> leaks() throws InterruptedException {
        for (int i = 0; i < 2; i++) {
            ReferenceQueue<Object> queue = new ReferenceQueue<>();
            PhantomReference<Object> collected = new PhantomReference<>(new Object(), queue);
            System.gc();
            assertThat(queue.remove(10_000)).as("garbage was collected").isSameAs(collected);
        }
        // A detector looks for leaks when the next buffer is allocated.
        PooledByteBufAllocator.DEFAULT.directBuffer(16).release();
        io.netty.buffer.ByteBufAllocator.DEFAULT.directBuffer(16).release();
        io.netty.buffer.ByteBufAllocator.DEFAULT.heapBuffer(16).release();
        UnpooledByteBufAllocator.DEFAULT.heapBuffer(16).release();
        return LeakRecorder.takeAll();
    }
}
