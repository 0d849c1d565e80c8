package io.tftpdc.edge.net;

import io.netty.buffer.ByteBuf;
import io.tftpdc.edge.content.FileSource;
import io.tftpdc.edge.content.Lookup;
import io.tftpdc.edge.content.OpenFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Files in memory, all there at once unless a test says otherwise. */
final class InMemoryFiles implements FileSource {

    static final String TENANT = "lab";

    /** Who asked for what, in order. */
    final Queue<String> asked = new ConcurrentLinkedQueue<>();

    /** Files opened and not yet closed. */
    final AtomicInteger open = new AtomicInteger();

    private final Map<String, InMemoryFile> files = new ConcurrentHashMap<>();
    private final Map<String, CompletionStage<Lookup>> answers = new ConcurrentHashMap<>();

    InMemoryFiles with(String path, byte[] content) {
        files.put(path, new InMemoryFile(path, content, content.length));
        return this;
    }

    /** A file of which only the first {@code residentBytes} are here until {@link InMemoryFile#arrive} or {@link InMemoryFile#fail}. */
    InMemoryFiles withLate(String path, byte[] content, int residentBytes) {
        files.put(path, new InMemoryFile(path, content, residentBytes));
        return this;
    }

    /** Any other answer to a lookup. */
    InMemoryFiles answering(String path, CompletionStage<Lookup> answer) {
        answers.put(path, answer);
        return this;
    }

    InMemoryFile file(String path) {
        return Objects.requireNonNull(files.get(path));
    }

    @Override
    public CompletionStage<Lookup> open(InetSocketAddress client, String requestedPath) {
        asked.add(requestedPath);
        CompletionStage<Lookup> answer = answers.get(requestedPath);
        if (answer != null) {
            return answer;
        }
        InMemoryFile file = files.get(requestedPath);
        return CompletableFuture.completedFuture(
                file == null ? new Lookup.NotFound(TENANT, requestedPath) : new Lookup.Found(open(file)));
    }

    OpenFile open(InMemoryFile file) {
        open.incrementAndGet();
        return new Pinned(file);
    }

    /** Content, part of which may be late. */
    static final class InMemoryFile {
        private final String path;
        private final byte[] content;
        private final CompletableFuture<Void> rest = new CompletableFuture<>();
        final AtomicInteger loads = new AtomicInteger();
        private volatile long residentBytes;
        private volatile boolean broken;

        InMemoryFile(String path, byte[] content, long residentBytes) {
            this.path = path;
            this.content = content;
            this.residentBytes = residentBytes;
        }

        /** From now on reading fails as a mapped page does that is gone. */
        void breakReading() {
            broken = true;
        }

        void arrive() {
            residentBytes = content.length;
            rest.complete(null);
        }

        void fail(Throwable failure) {
            rest.completeExceptionally(failure);
        }
    }

    private final class Pinned implements OpenFile {
        private final InMemoryFile file;
        private boolean closed;

        Pinned(InMemoryFile file) {
            this.file = file;
        }

        @Override
        public String tenant() {
            return TENANT;
        }

        @Override
        public String path() {
            return file.path;
        }

        @Override
        public String sha256Hex() {
            try {
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(file.content));
            } catch (NoSuchAlgorithmException impossible) {
                throw new AssertionError(impossible);
            }
        }

        @Override
        public long size() {
            return file.content.length;
        }

        @Override
        public boolean resident(long offset, int length) {
            return Math.min(offset + length, file.content.length) <= file.residentBytes;
        }

        @Override
        public CompletionStage<Void> load(long offset, int length) {
            file.loads.incrementAndGet();
            return file.rest;
        }

        @Override
        public void read(long offset, int length, ByteBuf into) {
            if (file.broken) {
                throw new UncheckedIOException("the local copy cannot be read", new IOException("a page is gone"));
            }
            if (closed || !resident(offset, length)) {
                throw new AssertionError("read of what is closed or not here: " + offset + " + " + length);
            }
            into.writeBytes(file.content, (int) offset, (int) Math.min(length, file.content.length - offset));
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
