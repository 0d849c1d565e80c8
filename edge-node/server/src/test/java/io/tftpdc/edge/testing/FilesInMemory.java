package io.tftpdc.edge.testing;

import io.netty.buffer.ByteBuf;
import io.tftpdc.edge.content.FileSource;
import io.tftpdc.edge.content.Lookup;
import io.tftpdc.edge.content.OpenFile;
import io.tftpdc.event.Sha256;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Files of tenant {@code lab}, the bytes of which come when a test says so. */
public final class FilesInMemory implements FileSource {
    /** Files opened and not closed. */
    public final AtomicInteger open = new AtomicInteger();

    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final Map<String, Lookup> answers = new ConcurrentHashMap<>();
    private volatile long here = Long.MAX_VALUE;
    private volatile CompletableFuture<Void> rest = new CompletableFuture<>();

    public FilesInMemory with(String path, byte[] content) {
        files.put(path, content);
        return this;
    }

    public FilesInMemory answering(String path, Lookup answer) {
        answers.put(path, answer);
        return this;
    }

    /** Only so many bytes of each file are here, until the returned future completes. */
    public CompletableFuture<Void> onlyTheFirst(long bytes) {
        here = bytes;
        rest = new CompletableFuture<>();
        rest.thenRun(() -> here = Long.MAX_VALUE);
        return rest;
    }

    @Override
    public CompletionStage<Lookup> open(InetSocketAddress client, String path) {
        byte[] content = files.get(path);
        Lookup answer = answers.get(path);
        if (answer == null) {
            answer = content == null ? new Lookup.NotFound("lab", path) : new Lookup.Found(new InMemory(path, content));
        }
        return CompletableFuture.completedFuture(answer);
    }

    private final class InMemory implements OpenFile {
        private final String path;
        private final byte[] content;
        private boolean closed;

        InMemory(String path, byte[] content) {
            this.path = path;
            this.content = content;
            open.incrementAndGet();
        }

        @Override
        public String tenant() {
            return "lab";
        }

        @Override
        public String path() {
            return path;
        }

        @Override
        public String sha256Hex() {
            return Sha256.of(content).hex();
        }

        @Override
        public long size() {
            return content.length;
        }

        @Override
        public String contentType() {
            return path.endsWith(".txt") ? "text/plain" : "";
        }

        @Override
        public boolean resident(long offset, int length) {
            return Math.min(offset + length, content.length) <= here;
        }

        @Override
        public CompletionStage<Void> load(long offset, int length) {
            return rest;
        }

        @Override
        public void read(long offset, int length, ByteBuf into) {
            if (closed || !resident(offset, length)) {
                throw new AssertionError("read of what is closed or not here");
            }
            into.writeBytes(content, (int) offset, (int) Math.min(length, content.length - offset));
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                open.decrementAndGet();
            }
        }
    }
}
