package io.tftpdc.edge.upload;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.PooledByteBufAllocator;
import io.tftpdc.edge.index.FileIndexView;
import io.tftpdc.edge.index.IndexListener;
import io.tftpdc.edge.journal.NodeIdentity;
import io.tftpdc.edge.policy.UploadPolicy;
import io.tftpdc.edge.policy.UploadPolicy.KafkaAway;
import io.tftpdc.edge.policy.UploadPolicy.Rule;
import io.tftpdc.edge.upload.UploadLedger.Reservation;
import io.tftpdc.edge.upload.UploadLedger.Reserving;
import io.tftpdc.edge.upload.UploadResult.Refused;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridClock;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.runtime.HealthCheck;
import io.tftpdc.tftp.packet.ErrorCode;
import io.tftpdc.wire.SchemaIds;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes uploads: decides by the {@link UploadPolicy} and the quotas, and keeps what comes so that what was acknowledged
 * is never lost.
 *
 * <pre>
 *  WRQ  ─► UploadPolicy ─► UploadLedger ─► {@link Upload}
 *  DATA ─► Upload ─► upload threads ─┬─► {@link KafkaLink} ─► tftp.content, then tftp.file-events ─► last ACK
 *                                    └─► {@link Spool}: file, forced, named ─────────────────────► last ACK
 *                                          └─► {@link SpoolPublisher} ─► Kafka, when it is there again
 * </pre>
 *
 * The index, and through it every edge node, sees the file as it sees any other.
 */
public final class UploadService implements Uploads, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UploadService.class);

    /** The label of every file that came this way. */
    public static final String SOURCE_LABEL = "source";

    /** Its value. */
    public static final String SOURCE = "tftp-upload";

    /** The label that says which node took it. */
    public static final String NODE_LABEL = "edge-node";

    private static final int PAGE = 500;
    private static final Duration RECOUNT = Duration.ofMinutes(1);
    private static final long CLOSE_SECONDS = 5;

    private final int maxConcurrent;
    private final UploadIndex index;
    private final UploadLedger ledger;
    private final Spool spool;
    private final KafkaLink kafka;
    private final SpoolPublisher publisher;
    private final ThreadPoolExecutor pool;
    private final ScheduledThreadPoolExecutor timer;
    private final UploadContext context;
    private final UploadTally tally = new UploadTally();
    private final AtomicInteger active = new AtomicInteger();

    /**
     * @param directory of the spool
     * @param threads that hash and write
     * @param maxConcurrent uploads at the same time; each takes up to a chunk of memory while it is received
     * @param memoryBytes of chunks that are handed over and not stored yet, before clients are held back
     * @param spoolBytes of content on disk, received or waiting
     */
    public record Settings(
            Path directory, UploadPolicy policy, int threads, int maxConcurrent, long memoryBytes, long spoolBytes) {}

    private UploadService(
            Settings settings,
            Spool spool,
            UploadIndex index,
            Map<String, ?> kafkaSettings,
            SchemaIds ids,
            NodeIdentity identity,
            HybridClock clock) {
        this.maxConcurrent = settings.maxConcurrent();
        this.spool = spool;
        this.index = index;
        this.ledger = new UploadLedger(settings.policy(), index::find);
        this.kafka = new KafkaLink(
                kafkaSettings,
                ids,
                longestCommit(settings.policy()),
                settings.memoryBytes(),
                index::reachable,
                System::nanoTime);
        this.publisher = new SpoolPublisher(
                spool,
                kafka,
                entry -> ledger.forget(entry.key(), entry.envelope().stamp()),
                SpoolPublisher.Patience.DEFAULT);
        this.pool = new ThreadPoolExecutor(
                settings.threads(),
                settings.threads(),
                30,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                threads("upload-writer"));
        pool.allowCoreThreadTimeOut(true);
        this.timer = new ScheduledThreadPoolExecutor(1, threads("upload-timer"));
        timer.setRemoveOnCancelPolicy(true);
        this.context = new UploadContext(
                pool,
                (task, delay) -> timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS),
                PooledByteBufAllocator.DEFAULT,
                kafka,
                kafka::isAway,
                spool,
                new AtomicLong(),
                settings.memoryBytes(),
                Map.of(SOURCE_LABEL, SOURCE, NODE_LABEL, identity.node()),
                identity.site(),
                clock,
                index::find,
                index::everComplete,
                this::over);
    }

    /**
     * Opens what an earlier run left; {@link #start} goes on with it.
     *
     * @param kafka {@code bootstrap.servers} and whatever else the cluster asks for
     * @param ids should remember, so that the registry may be away
     * @param clock shared by everything in the process that stamps events
     * @throws IOException when the directory cannot be used
     */
    public static UploadService open(
            Settings settings,
            FileIndexView index,
            Map<String, ?> kafka,
            SchemaIds ids,
            NodeIdentity identity,
            HybridClock clock)
            throws IOException {
        return open(settings, UploadIndex.of(index), kafka, ids, identity, clock);
    }

    static UploadService open(
            Settings settings,
            UploadIndex index,
            Map<String, ?> kafka,
            SchemaIds ids,
            NodeIdentity identity,
            HybridClock clock)
            throws IOException {
        Spool spool = Spool.open(settings.directory(), settings.spoolBytes());
        return new UploadService(settings, spool, index, kafka, ids, identity, clock);
    }

    private static Duration longestCommit(UploadPolicy policy) {
        return policy.rules().stream()
                .map(Rule::commitTimeout)
                .max(Duration::compareTo)
                .orElse(Duration.ofSeconds(10));
    }

    private static ThreadFactory threads(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** To be told what the index learns; before the index is started. */
    public IndexListener indexListener() {
        return ledger;
    }

    public void start() {
        for (Spool.Spooled spooled : spool.waiting(0, Integer.MAX_VALUE)) {
            SpoolEntry entry = spooled.entry();
            ledger.restore(entry.key(), entry.envelope().stamp(), entry.size());
        }
        publisher.start();
        pool.execute(() -> takeStock(ledger.book(), ledger.policy()));
        timer.scheduleWithFixedDelay(
                this::recountIfNeeded, RECOUNT.toMillis(), RECOUNT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Other rules, as soon as what is stored has been counted by them; uploads that run keep theirs. A {@code
     * commit-timeout} longer than the longest at the start counts as that one. Any thread but an event loop; blocks while
     * the index is gone through.
     */
    public synchronized void use(UploadPolicy policy) {
        if (!policy.sameAs(ledger.policy())) {
            takeStock(ledger.prepare(policy), policy);
            if (ledger.policy() != policy) {
                throw new IllegalStateException(
                        "what is stored cannot be counted by other rules for uploads, see the log;"
                                + " those before are kept, and it is tried again");
            }
        }
    }

    private void takeStock(UploadLedger.Book book, UploadPolicy policy) {
        try {
            Optional<FileKey> after = Optional.empty();
            for (List<FileIndexEntry> page = index.page(after, PAGE);
                    !policy.rules().isEmpty() && !page.isEmpty();
                    page = index.page(after, PAGE)) {
                page.forEach(entry -> ledger.recount(entry.key()));
                after = Optional.of(page.getLast().key());
            }
            ledger.completed(book);
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("What is stored cannot be counted, so uploads under a quota are refused");
        }
    }

    /** Somebody was refused: let it not be for files that only a former cluster had. */
    private void recountIfNeeded() {
        if (ledger.takeRefusedForQuota()) {
            pool.execute(ledger::recountAll);
        }
    }

    @Override
    public Opening open(InetSocketAddress client, FileKey key, OptionalLong announcedSize) {
        UploadPolicy policy = ledger.policy();
        OptionalInt number = policy.decide(key, client.getAddress());
        if (number.isEmpty()) {
            return refused(Refused.notAllowed(ErrorCode.ACCESS_VIOLATION, notPermitted(key, client)));
        }
        Rule rule = policy.rules().get(number.getAsInt());
        Optional<Refused> wrong = check(rule, key, client, announcedSize);
        if (wrong.isPresent()) {
            return refused(wrong.get());
        }
        if (active.incrementAndGet() > maxConcurrent) {
            active.decrementAndGet();
            return new Opening.Busy();
        }
        boolean accepted = false;
        try {
            Opening opening =
                    switch (ledger.reserve(policy, number.getAsInt(), key, announcedSize)) {
                        case Reserving.Refused full -> refused(full.why());
                        case Reserving.Reserved room -> begin(rule, client, key, announcedSize, room.reservation());
                    };
            accepted = opening instanceof Opening.Accepted;
            return opening;
        } finally {
            if (!accepted) {
                active.decrementAndGet();
            }
        }
    }

    private Opening begin(
            Rule rule, InetSocketAddress client, FileKey key, OptionalLong announcedSize, Reservation room) {
        try {
            String actor = "tftp:" + client.getAddress().getHostAddress();
            return new Opening.Accepted(new Upload(context, rule, key, announcedSize, actor, room));
        } catch (RuntimeException | Error e) {
            room.release();
            throw e;
        }
    }

    private static String notPermitted(FileKey key, InetSocketAddress client) {
        return "uploads of " + key + " are not permitted for "
                + client.getAddress().getHostAddress()
                + "; they are with a rule in uploads.rules of edge.yaml that fits them";
    }

    private Optional<Refused> check(Rule rule, FileKey key, InetSocketAddress client, OptionalLong announcedSize) {
        if (!rule.create() && !rule.overwrite()) {
            return Optional.of(Refused.notAllowed(ErrorCode.ACCESS_VIOLATION, notPermitted(key, client)));
        }
        if (announcedSize.orElse(0) > rule.maxSize()) {
            return Optional.of(Refused.notAllowed(
                    ErrorCode.DISK_FULL,
                    "tsize announces " + announcedSize.getAsLong() + " bytes and at most " + rule.maxSize()
                            + " may be uploaded to " + key
                            + "; send a smaller file, or have max-size of its rule raised"));
        }
        if (!(rule.create() && rule.overwrite())) {
            boolean exists = ledger.exists(key);
            if (exists && !rule.overwrite()) {
                return Optional.of(Upload.alreadyThere(key));
            }
            if (!exists && !index.everComplete()) {
                return Optional.of(
                        Refused.unavailable("this node is still reading its index for the first time; try again"));
            }
            if (!exists && !rule.create()) {
                return Optional.of(Refused.notAllowed(
                        ErrorCode.ACCESS_VIOLATION,
                        key + " does not exist and only existing files may be uploaded; check the name, publish it"
                                + " first, or have create of its rule switched on"));
            }
        }
        if (rule.kafkaAway() == KafkaAway.REFUSE && kafka.isAway()) {
            return Optional.of(Refused.unavailable("Kafka is away and cannot take uploads now; try again later, or have"
                    + " on-kafka-away: spool set in the rule"));
        }
        if (!ledger.isComplete()) {
            return Optional.of(Refused.unavailable("this node is still counting what is stored; try again"));
        }
        return Optional.empty();
    }

    private Opening refused(Refused why) {
        tally.count(why);
        return new Opening.Refused(why);
    }

    private void over(UploadResult how) {
        active.decrementAndGet();
        tally.count(how);
        if (how instanceof UploadResult.Stored stored && stored.where() == UploadResult.Place.SPOOL) {
            publisher.wake();
        }
    }

    /** How uploads are. */
    public record Status(int active, int waiting, long waitingBytes, long oldestMillis, int damaged, String problem) {}

    public Status status() {
        return new Status(active.get(), spool.count(), spool.bytes(), age(), spool.damaged(), publisher.problem());
    }

    private long age() {
        long oldest = spool.oldestMillis();
        return oldest == 0 ? 0 : Math.max(0, System.currentTimeMillis() - oldest);
    }

    /** Down only while what is stored is being counted after the start; uploads that wait wait safely. */
    public HealthCheck.Status check() {
        Status status = status();
        if (!ledger.isComplete()) {
            return HealthCheck.Status.down("counting what is stored, for the quotas");
        }
        String detail = status.active() + " running, " + status.waiting() + " waiting for Kafka";
        if (status.waiting() > 0) {
            detail += ", " + status.waitingBytes() + " bytes, the oldest for " + status.oldestMillis() / 1000 + " s"
                    + (status.problem().isEmpty() ? "" : ": " + status.problem());
        }
        if (status.damaged() > 0) {
            detail += "; " + status.damaged() + " set aside in damaged and not published, the last one because: "
                    + spool.lastDamage();
        }
        return HealthCheck.Status.up(detail);
    }

    /** Registers the meters of {@link UploadMeters}. */
    public void bindTo(MeterRegistry meters) {
        tally.bindTo(meters);
        UploadMeters.ACTIVE.gauge(meters, active::get);
        UploadMeters.IN_FLIGHT.gauge(meters, context.bytesInFlight()::get);
        UploadMeters.WAITING.gauge(meters, spool::count);
        UploadMeters.WAITING_BYTES.gauge(meters, spool::bytes);
        UploadMeters.OLDEST.gauge(meters, () -> age() / 1000.0);
        UploadMeters.DAMAGED.gauge(meters, spool::damaged);
        UploadMeters.PUBLISHED.counter(meters, publisher, SpoolPublisher::published);
        UploadMeters.FAILURES.counter(meters, publisher, SpoolPublisher::failures);
    }

    /** Uploads that run are to have been aborted before. What waits is published after the next start. Idempotent. */
    @Override
    public void close() {
        publisher.close();
        timer.shutdownNow();
        pool.shutdown();
        try {
            if (!pool.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.atWarn().log("Upload threads did not end in time; what they had not stored was not acknowledged");
                pool.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kafka.close();
    }
}
