package io.tftpdc.edge.upload;

import io.netty.buffer.ByteBuf;
import io.tftpdc.client.ContentWriter;
import io.tftpdc.edge.policy.UploadPolicy;
import io.tftpdc.edge.upload.UploadResult.Place;
import io.tftpdc.edge.upload.UploadResult.Refused;
import io.tftpdc.edge.upload.UploadResult.Stored;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.Sha256;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.tftp.packet.ErrorCode;
import io.tftpdc.topic.Topics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One upload.
 *
 * <pre>
 *  event loop:      accept ─► chunk buffer ──── full, or commit ────┐
 *                                                                  ▼
 *  upload threads:  SHA-256 ─┬─► ContentWriter ─► Kafka     (unless it is away)
 *                            └─► Spool.Part ─► disk         (where the rule says spool)
 *  commit:          all chunks in Kafka ─► event ─► Stored(KAFKA)
 *                   or: forced to disk  ─► name  ─► Stored(SPOOL)
 * </pre>
 *
 * <p>Its {@link Phase phases} only go forward. Whoever takes it out of {@code OPEN} decides: after a time-out or an abort
 * no event is written and no name is given any more. Once the event is on its way to Kafka it cannot be called back, so
 * what the client hears after a time-out then is that its file may have been stored.
 *
 * <p>The event loop calls what {@link UploadSink} has; everything named {@code …OnThread} runs on the upload's
 * {@link SerialExecutor}, one at a time.
 */
final class Upload implements UploadSink {
    private static final Logger LOG = LoggerFactory.getLogger(Upload.class);

    /** Chunks of one upload that may be hashed, written or on their way to Kafka before its client is held back. */
    static final int MOST_CHUNKS_IN_FLIGHT = 4;

    /** How long a disk that does not answer is waited for, once Kafka's time is over. */
    private static final Duration DISK_PATIENCE = Duration.ofSeconds(10);

    /** A file that may be small begins with so little memory. */
    private static final int SMALLEST_BUFFER = 8 * 1024;

    /** One for each upload thread. */
    private static final ThreadLocal<byte[]> ARRAYS = ThreadLocal.withInitial(() -> new byte[FileContent.CHUNK_SIZE]);

    private enum Phase {
        /** Nobody will see it unless it goes on. */
        OPEN,
        /** It is being made visible, which cannot be called back. */
        BOUND,
        OVER
    }

    private final UploadContext context;
    private final UploadPolicy.Rule rule;
    private final FileKey key;
    private final OptionalLong announced;
    private final String actor;
    private final UploadLedger.Reservation room;
    private final SerialExecutor thread;

    // Of the event loop.
    private @Nullable ByteBuf buffer;
    private long accepted;
    private boolean committing;

    // Of the upload's threads.
    private final MessageDigest whole = Sha256.digester();
    private long stored;
    private @Nullable ContentWriter content;
    private Spool.@Nullable Part part;
    private @Nullable SpoolEntry entry;

    // Of all.
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicReference<@Nullable Runnable> waiter = new AtomicReference<>();
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.OPEN);
    private final CompletableFuture<UploadResult> result = new CompletableFuture<>();
    private volatile @Nullable Refused failure;
    private volatile @Nullable Future<?> timeout;

    Upload(
            UploadContext context,
            UploadPolicy.Rule rule,
            FileKey key,
            OptionalLong announced,
            String actor,
            UploadLedger.Reservation room) {
        this.context = context;
        this.rule = rule;
        this.key = key;
        this.announced = announced;
        this.actor = actor;
        this.room = room;
        this.thread = new SerialExecutor(context.pool());
        boolean toKafka = rule.kafkaAway() == UploadPolicy.KafkaAway.REFUSE
                || !context.kafkaAway().getAsBoolean();
        this.content = toKafka ? new ContentWriter(context.kafka()) : null;
    }

    @Override
    public String tenant() {
        return key.tenant().value();
    }

    @Override
    public String path() {
        return key.path().value();
    }

    @Override
    public long mostBytes() {
        return rule.maxSize();
    }

    @Override
    public void accept(ByteBuffer bytes) {
        accepted += bytes.remaining();
        if (failure != null || !mayGoOn()) {
            return;
        }
        int end = bytes.limit();
        while (bytes.hasRemaining()) {
            ByteBuf open = buffer();
            bytes.limit(Math.min(end, bytes.position() + FileContent.CHUNK_SIZE - open.readableBytes()));
            open.writeBytes(bytes);
            bytes.limit(end);
            if (open.readableBytes() == FileContent.CHUNK_SIZE) {
                handOver();
            }
        }
    }

    private ByteBuf buffer() {
        ByteBuf open = buffer;
        if (open == null) {
            boolean maySmall = accepted < FileContent.CHUNK_SIZE && announced.orElse(0) < FileContent.CHUNK_SIZE;
            open = context.buffers()
                    .directBuffer(maySmall ? SMALLEST_BUFFER : FileContent.CHUNK_SIZE, FileContent.CHUNK_SIZE);
            buffer = open;
        }
        return open;
    }

    private boolean mayGoOn() {
        if (accepted > rule.maxSize()) {
            fail(Refused.notAllowed(
                    ErrorCode.DISK_FULL,
                    "files of at most " + rule.maxSize() + " bytes may be uploaded to " + key
                            + "; send a smaller one, or have max-size of its rule raised"));
        } else if (announced.isPresent() && accepted > announced.getAsLong()) {
            fail(Refused.failed("more than the " + announced.getAsLong()
                    + " bytes that tsize announced have come; nothing was stored, send the file again"));
        } else if (accepted > room.bytes()) {
            room.grow(accepted).ifPresent(this::fail);
        }
        return failure == null;
    }

    private void handOver() {
        ByteBuf chunk = buffer;
        if (chunk != null) {
            buffer = null;
            inFlight.incrementAndGet();
            context.bytesInFlight().addAndGet(chunk.readableBytes());
            thread.execute(() -> storeOnThread(chunk));
        }
    }

    @Override
    public boolean ready() {
        int mine = inFlight.get();
        // Whoever has nothing on its way may always send: so nobody waits for ever for others to be done.
        return mine == 0
                || (mine < MOST_CHUNKS_IN_FLIGHT && context.bytesInFlight().get() < context.mostBytesInFlight());
    }

    @Override
    public void whenReady(Runnable task) {
        waiter.set(task);
        if (ready() || failure != null) {
            wake();
        }
    }

    private void wake() {
        Runnable waiting = waiter.getAndSet(null);
        if (waiting != null) {
            waiting.run();
        }
    }

    @Override
    public boolean hasFailed() {
        return failure != null;
    }

    @Override
    public Optional<Refused> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public CompletionStage<UploadResult> commit() {
        if (!committing) {
            committing = true;
            handOver();
            timeout = context.timer().schedule(this::timedOut, rule.commitTimeout());
            thread.execute(this::finishOnThread);
        }
        return result;
    }

    @Override
    public void abort() {
        if (phase.compareAndSet(Phase.OPEN, Phase.OVER)) {
            Refused known = failure;
            settled(known != null ? known : Refused.failed("the upload was given up"));
        }
        ByteBuf open = buffer;
        if (open != null) {
            buffer = null;
            open.release();
        }
    }

    private void timedOut() {
        if (maySpool()) {
            thread.execute(this::keepOnThread);
            timeout = context.timer().schedule(this::giveUpWaiting, DISK_PATIENCE);
        } else {
            giveUpWaiting();
        }
    }

    /** For a disk that does not answer, too. */
    private void giveUpWaiting() {
        String who = maySpool() ? "Kafka and the disk" : "Kafka";
        if (phase.compareAndSet(Phase.OPEN, Phase.OVER)) {
            settled(Refused.unavailable(
                    who + " did not take the file in time; nothing was stored, send it again later"));
        } else if (phase.compareAndSet(Phase.BOUND, Phase.OVER)) {
            settled(Refused.unavailable(
                    who + " did not confirm the file in time; it may or may not be stored, sending it again is safe"));
        }
    }

    private boolean maySpool() {
        return rule.kafkaAway() == UploadPolicy.KafkaAway.SPOOL;
    }

    private void fail(Refused why) {
        if (failure == null) {
            failure = why;
        }
        wake();
    }

    /** Unless it is over already: a time-out may come while the disk or Kafka answers. */
    private void settle(UploadResult how) {
        if (phase.getAndSet(Phase.OVER) != Phase.OVER) {
            settled(how);
        }
    }

    /** By whoever took the phase to {@code OVER}; what belongs to the upload's threads is tidied up there. */
    private void settled(UploadResult how) {
        if (how instanceof Refused) {
            room.release();
        }
        Future<?> waiting = timeout;
        if (waiting != null) {
            waiting.cancel(false);
        }
        thread.execute(this::tidyUpOnThread);
        context.over(how);
        result.complete(how);
    }

    // ---- on the upload's threads ----

    private void storeOnThread(ByteBuf chunk) {
        int length = chunk.readableBytes();
        CompletableFuture<Void> inKafka = CompletableFuture.completedFuture(null);
        try {
            if (phase.get() != Phase.OVER && failure == null) {
                ByteBuffer bytes = chunk.nioBuffer();
                whole.update(bytes.duplicate());
                stored += length;
                if (maySpool()) {
                    part().write(bytes.duplicate());
                }
                inKafka = toKafka(bytes);
            }
        } catch (IOException e) {
            fail(notWritten(e));
        } catch (RuntimeException | Error e) {
            fail(broken(e));
        } finally {
            chunk.release();
            inKafka.whenComplete((written, error) -> answered(length, error));
        }
    }

    private Spool.Part part() throws IOException {
        Spool.Part open = part;
        if (open == null) {
            open = context.spool().begin(announced.orElse(0));
            part = open;
        }
        return open;
    }

    private CompletableFuture<Void> toKafka(ByteBuffer chunk) {
        ContentWriter open = content;
        if (open == null || open.failure().isPresent()) {
            return CompletableFuture.completedFuture(null);
        }
        // Kafka's producer takes arrays, and has copied this one when it returns.
        byte[] array = ARRAYS.get();
        int length = chunk.remaining();
        chunk.get(array, 0, length);
        return open.add(array, length);
    }

    /** On whichever thread; Kafka's own among them. */
    private void answered(int length, @Nullable Throwable error) {
        if (error != null && !maySpool()) {
            fail(notTaken(error));
        }
        inFlight.decrementAndGet();
        context.bytesInFlight().addAndGet(-length);
        if (ready() || failure != null) {
            wake();
        }
    }

    private void finishOnThread() {
        try {
            finishOrThrow();
        } catch (RuntimeException | Error e) {
            settle(broken(e));
        }
    }

    private void finishOrThrow() {
        Refused known = failure != null ? failure : lastCheck();
        if (known != null) {
            settle(known);
            return;
        }
        Sha256 hash = Sha256.ofDigest(whole.digest());
        Optional<FileIndexEntry> indexed = context.index().apply(key);
        EventEnvelope envelope = context.newEnvelope(indexed, actor);
        room.commit(envelope.stamp(), stored);
        SpoolEntry described = new SpoolEntry(key, hash, stored, envelope, context.labels(), context.seen(indexed));
        entry = described;
        ContentWriter open = content;
        if (open == null || (maySpool() && open.failure().isPresent())) {
            keepOnThread();
        } else {
            publishOnThread(open, described);
        }
    }

    private @Nullable Refused lastCheck() {
        if (announced.isPresent() && stored != announced.getAsLong()) {
            return Refused.failed("tsize announced " + announced.getAsLong() + " bytes and " + stored
                    + " have come; nothing was stored, send the file again");
        }
        ContentWriter open = content;
        if (open != null && open.failure().isEmpty() && open.size() != stored) {
            return Refused.failed(stored + " bytes have come and " + open.size()
                    + " were sent to Kafka; nothing was stored, send the file again");
        }
        return !rule.overwrite() && room.existsBesides() ? alreadyThere(key) : null;
    }

    static Refused alreadyThere(FileKey key) {
        return Refused.notAllowed(
                ErrorCode.FILE_EXISTS,
                key + " exists already and may not be overwritten; use another name, remove it first, or have overwrite"
                        + " switched on in its rule");
    }

    private void publishOnThread(ContentWriter chunks, SpoolEntry described) {
        chunks.finish(described.hash())
                .thenComposeAsync(written -> writeEventOnThread(described, written), thread)
                .whenCompleteAsync((metadata, error) -> publishedOnThread(described, error), thread);
    }

    private CompletableFuture<RecordMetadata> writeEventOnThread(SpoolEntry described, FileContent written) {
        return phase.compareAndSet(Phase.OPEN, Phase.BOUND)
                ? context.kafka().write(Topics.FILE_EVENTS, key, described.event(written))
                : CompletableFuture.failedFuture(new CancellationException("the upload was given up"));
    }

    private void publishedOnThread(SpoolEntry described, @Nullable Throwable error) {
        if (phase.get() == Phase.OVER) {
            return;
        }
        if (error == null) {
            settle(new Stored(described.hash(), described.size(), Place.KAFKA));
        } else if (maySpool()) {
            LOG.atDebug()
                    .addKeyValue("filePath", key)
                    .setCause(error)
                    .log("Kafka does not take an upload, spooling it");
            keepOnThread();
        } else {
            settle(notTaken(error));
        }
    }

    private void keepOnThread() {
        SpoolEntry described = entry;
        if (described == null || (!phase.compareAndSet(Phase.OPEN, Phase.BOUND) && phase.get() == Phase.OVER)) {
            return;
        }
        try {
            part().keep(described);
            settle(new Stored(described.hash(), described.size(), Place.SPOOL));
        } catch (IOException e) {
            settle(notWritten(e));
        } catch (RuntimeException | Error e) {
            settle(broken(e));
        }
    }

    private void tidyUpOnThread() {
        content = null;
        Spool.Part open = part;
        if (open != null) {
            open.discard();
            part = null;
        }
    }

    private Refused notWritten(IOException failure) {
        if (failure instanceof Spool.FullException) {
            return Refused.notAllowed(ErrorCode.DISK_FULL, String.valueOf(failure.getMessage()));
        }
        LOG.atWarn().addKeyValue("filePath", key).setCause(failure).log("An upload cannot be written to disk");
        return Refused.failed("the upload journal cannot be written: " + failure.getMessage());
    }

    private Refused broken(Throwable failure) {
        LOG.atError().addKeyValue("filePath", key).setCause(failure).log("An upload failed, which is a bug");
        return Refused.failed("the node failed to store the file (" + failure + "); nothing was stored, send it again");
    }

    private static Refused notTaken(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return Refused.unavailable("Kafka does not take the file (" + cause.getMessage()
                + "); send it again when Kafka is back, or have on-kafka-away: spool set in its rule");
    }
}
