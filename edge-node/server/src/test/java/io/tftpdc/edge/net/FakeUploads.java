package io.tftpdc.edge.net;

import io.tftpdc.edge.upload.UploadResult;
import io.tftpdc.edge.upload.UploadSink;
import io.tftpdc.edge.upload.Uploads;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.Sha256;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Takes every upload into memory. A test decides when it is stored, and when there is room. */
final class FakeUploads implements Uploads {
    private final BlockingQueue<Sink> opened = new LinkedBlockingQueue<>();
    private final Optional<Opening> always;
    private final boolean storesAtOnce;

    private FakeUploads(Optional<Opening> always, boolean storesAtOnce) {
        this.always = always;
        this.storesAtOnce = storesAtOnce;
    }

    /** Whatever comes is stored as soon as it is whole. */
    static FakeUploads storing() {
        return new FakeUploads(Optional.empty(), true);
    }

    /** Whatever comes is stored when the test says so. */
    static FakeUploads waiting() {
        return new FakeUploads(Optional.empty(), false);
    }

    static FakeUploads answering(Opening opening) {
        return new FakeUploads(Optional.of(opening), false);
    }

    @Override
    public Opening open(InetSocketAddress client, FileKey key, OptionalLong announcedSize) {
        if (always.isPresent()) {
            return always.get();
        }
        Sink sink = new Sink(key.path().value(), announcedSize);
        if (storesAtOnce) {
            sink.store();
        }
        opened.add(sink);
        return new Opening.Accepted(sink);
    }

    /** The next upload that began. */
    Sink sink() throws InterruptedException {
        Sink sink = opened.poll(TestClient.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        if (sink == null) {
            throw new AssertionError("no upload began within " + TestClient.PATIENCE_MILLIS + " ms");
        }
        return sink;
    }

    boolean noneBegan() {
        return opened.isEmpty();
    }

    /** One upload. */
    static final class Sink implements UploadSink {
        final OptionalLong announced;
        final CompletableFuture<Boolean> committed = new CompletableFuture<>();
        final CompletableFuture<Boolean> aborted = new CompletableFuture<>();
        private final String path;
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private final CompletableFuture<UploadResult> result = new CompletableFuture<>();
        private boolean stores;
        private boolean full;
        private Optional<UploadResult.Refused> failure = Optional.empty();
        private Optional<Runnable> waiter = Optional.empty();

        Sink(String path, OptionalLong announced) {
            this.path = path;
            this.announced = announced;
        }

        synchronized byte[] content() {
            return content.toByteArray();
        }

        /** What was sent is stored, as soon as it has been sent. */
        void store() {
            synchronized (this) {
                stores = true;
            }
            complete();
        }

        private void complete() {
            byte[] all;
            synchronized (this) {
                if (!stores || !committed.isDone()) {
                    return;
                }
                all = content.toByteArray();
            }
            result.complete(new UploadResult.Stored(Sha256.of(all), all.length, UploadResult.Place.KAFKA));
        }

        void refuse(UploadResult.Refused why) {
            result.complete(why);
        }

        synchronized void fail(UploadResult.Refused why) {
            failure = Optional.of(why);
        }

        /** Whether there is no room. */
        void full(boolean isFull) {
            Optional<Runnable> told;
            synchronized (this) {
                full = isFull;
                told = isFull ? Optional.empty() : waiter;
            }
            told.ifPresent(Runnable::run);
        }

        synchronized boolean holdsBack() {
            return waiter.isPresent();
        }

        @Override
        public String tenant() {
            return "default";
        }

        @Override
        public String path() {
            return path;
        }

        @Override
        public long mostBytes() {
            return Long.MAX_VALUE;
        }

        @Override
        public synchronized void accept(ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            content.writeBytes(copy);
        }

        @Override
        public synchronized boolean ready() {
            return !full;
        }

        @Override
        public synchronized void whenReady(Runnable task) {
            waiter = Optional.of(task);
        }

        @Override
        public synchronized boolean hasFailed() {
            return failure.isPresent();
        }

        @Override
        public synchronized Optional<UploadResult.Refused> failure() {
            return failure;
        }

        @Override
        public CompletionStage<UploadResult> commit() {
            committed.complete(true);
            complete();
            return result;
        }

        @Override
        public void abort() {
            if (!result.isDone()) {
                aborted.complete(true);
            }
        }
    }
}
