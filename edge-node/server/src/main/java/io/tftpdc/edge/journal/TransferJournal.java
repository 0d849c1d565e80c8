package io.tftpdc.edge.journal;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tftpdc.edge.content.TransferListener;
import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.edge.index.RocksMemory;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.HybridClock;
import io.tftpdc.event.Tenant;
import io.tftpdc.event.TransferEvent;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.DerivedSchemaIds;
import io.tftpdc.wire.Formats;
import io.tftpdc.wire.RememberedSchemaIds;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries every transfer to {@code tftp.transfer-events}, whether Kafka is there or not, without ever delaying a packet:
 *
 * <pre>
 *  event loops ─► bounded queue ─► writer thread ─► JournalStore ─► sender thread ─► Kafka
 *                     │ full: dropped, counted          ▲                            │
 *                     ▼                                 └── deleted when acknowledged ┘
 * </pre>
 *
 * <p>The writer gives an event its id and its time, once; both stay the same however often it is sent. So readers can
 * tell a repetition, which happens when the node ends between Kafka's acknowledgement and the deletion.
 *
 * <p>The queue is a plain array with a lock: the lock is held for nanoseconds, and an event loop meets it once per
 * transfer, not per packet.
 */
public final class TransferJournal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TransferJournal.class);

    private static final int BATCH = 500;
    private static final int MAX_IN_FLIGHT = 2_000;
    private static final long PAUSE_MILLIS = 500;
    /** How long closing waits for what is on its way to Kafka; the rest is sent after the next start. */
    private static final long CLOSE_MILLIS = 2_000;

    private final JournalStore store;
    private final long maxEvents;
    private final NodeIdentity node;
    private final HybridClock clock;
    private final Function<InetAddress, Tenant> tenants;
    private final EventSender sender;
    private final Serde<TransferEvent> local;
    private final BlockingQueue<Pending> queue;
    private final Thread writerThread = new Thread(this::write, "journal-writer");
    private final Thread senderThread = new Thread(this::send, "journal-sender");

    private final Deliveries deliveries = new Deliveries(MAX_IN_FLIGHT);
    private final Semaphore news = new Semaphore(0);
    private final AtomicLong droppedCount = new AtomicLong();
    private volatile boolean closing;

    private @Nullable Counter journalled;
    private @Nullable Counter sent;
    private @Nullable Counter dropped;
    private @Nullable Counter failures;

    private record Pending(String protocol, TransferReport report) {}

    /**
     * How much is remembered.
     *
     * @param queue transfers in memory, for the moments in which the disk is slow
     * @param maxEvents transfers on disk, for the time in which Kafka is away; later ones are dropped then
     */
    public record Bounds(int queue, long maxEvents) {}

    private TransferJournal(
            JournalStore store,
            Serde<TransferEvent> local,
            Bounds bounds,
            NodeIdentity node,
            HybridClock clock,
            Function<InetAddress, Tenant> tenants,
            EventSender sender) {
        this.store = store;
        this.local = local;
        this.maxEvents = bounds.maxEvents();
        this.queue = new ArrayBlockingQueue<>(bounds.queue());
        this.node = node;
        this.clock = clock;
        this.tenants = tenants;
        this.sender = sender;
    }

    /**
     * Opens what an earlier run left; {@link #start} sends it.
     *
     * @param tenants whose client an address is, for requests that were refused before that was asked
     * @param sender stays open when this is closed
     */
    public static TransferJournal open(
            Path directory,
            RocksMemory memory,
            Bounds bounds,
            NodeIdentity node,
            HybridClock clock,
            Function<InetAddress, Tenant> tenants,
            EventSender sender)
            throws IOException {
        // On disk events are written with schemas that are kept beside them: no registry is needed to take one down.
        RememberedSchemaIds schemas = RememberedSchemaIds.in(directory.resolve("schemas"), new DerivedSchemaIds());
        JournalStore store = JournalStore.open(directory.resolve("events"), memory);
        return new TransferJournal(store, Formats.TRANSFER_EVENT.serde(schemas), bounds, node, clock, tenants, sender);
    }

    /** Registers the meters of {@link JournalMeters}; call before {@link #start}. */
    public void bindTo(MeterRegistry meters) {
        journalled = JournalMeters.JOURNALLED.counter(meters);
        sent = JournalMeters.SENT.counter(meters);
        dropped = JournalMeters.DROPPED.counter(meters);
        failures = JournalMeters.FAILURES.counter(meters);
        JournalMeters.QUEUED.gauge(meters, queue::size);
        JournalMeters.WAITING.gauge(meters, store::count);
    }

    public void start() {
        writerThread.setDaemon(true);
        senderThread.setDaemon(true);
        writerThread.start();
        senderThread.start();
    }

    /**
     * Where a server reports its transfers. Never blocks.
     *
     * @param protocol {@code tftp} or {@code http}
     */
    public TransferListener listener(String protocol) {
        return report -> {
            if (!queue.offer(new Pending(protocol, report))) {
                drop(1);
            }
        };
    }

    /** Events that are on disk and not acknowledged by Kafka. */
    public long waiting() {
        return store.count();
    }

    /** Events lost since the start because there was no room for them. */
    public long dropped() {
        return droppedCount.get();
    }

    private void drop(long events) {
        droppedCount.addAndGet(events);
        count(dropped, events);
    }

    private void write() {
        List<Pending> batch = new ArrayList<>();
        while (!closing || !queue.isEmpty()) {
            try {
                Pending first = queue.poll(PAUSE_MILLIS / 5, TimeUnit.MILLISECONDS);
                if (first != null) {
                    batch.add(first);
                    queue.drainTo(batch, BATCH - 1);
                    writeDown(batch);
                    batch.clear();
                }
            } catch (InterruptedException e) {
                LOG.atTrace().log("Nobody interrupts the writer; it ends when the queue is empty");
            }
        }
    }

    private void writeDown(List<Pending> batch) {
        long room = Math.max(0, maxEvents - store.count());
        List<byte[]> events = new ArrayList<>(batch.size());
        for (Pending pending : batch.subList(0, (int) Math.min(room, batch.size()))) {
            try {
                EventEnvelope envelope =
                        new EventEnvelope(new EventId(UUID.randomUUID()), node.site(), clock.tick(), node.actor());
                TransferEvent event =
                        TransferEvents.event(pending.protocol(), pending.report(), envelope, node, tenants);
                events.add(local.serializer().serialize(Topics.TRANSFER_EVENTS.name(), event));
            } catch (RuntimeException e) {
                LOG.atError().setCause(e).log("Transfer cannot be written down, which is a bug");
            }
        }
        drop(batch.size() - events.size());
        try {
            store.add(events);
            count(journalled, events.size());
            news.release();
        } catch (RocksDBException e) {
            LOG.atWarn().setCause(e).log("Journal cannot be written, transfers are lost; check the disk");
            count(failures, 1);
            drop(events.size());
        }
    }

    private void send() {
        while (!closing) {
            try {
                Deliveries.Turn turn = forgetDelivered();
                if (turn.startsOver()) {
                    pause();
                }
                List<JournalStore.Kept> batch =
                        turn.from().isPresent() ? store.read(turn.from().getAsLong(), BATCH) : List.of();
                for (JournalStore.Kept kept : batch) {
                    if (closing || !send(kept)) {
                        break;
                    }
                }
                if (batch.isEmpty()) {
                    waitForNews();
                }
            } catch (InterruptedException e) {
                LOG.atTrace().log("Nobody interrupts the sender; it ends when it is told to");
            } catch (KafkaException | RocksDBException e) {
                LOG.atDebug().setCause(e).log("Transfers are not sent now, trying again");
                count(failures, 1);
                pause();
            }
        }
        sendTheLast();
    }

    /** What was written down while closing still goes out when Kafka takes it at once. */
    private void sendTheLast() {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_MILLIS);
        try {
            writerThread.join();
            Deliveries.Turn turn = forgetDelivered();
            boolean reachable = turn.from().isPresent() && !turn.startsOver() && !sender.isAway();
            if (reachable) {
                for (JournalStore.Kept kept : store.read(turn.from().getAsLong(), BATCH)) {
                    if (System.nanoTime() - deadline > 0 || !send(kept)) {
                        break;
                    }
                }
            }
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            boolean drained = deliveries.awaitAnswers(reachable ? left : 0);
            LOG.atDebug().addKeyValue("drained", drained).log("Journal closes");
            forgetDelivered();
        } catch (InterruptedException | KafkaException | RocksDBException e) {
            LOG.atDebug().setCause(e).log("What is left is sent after the next start");
        }
    }

    /**
     * Hands one event to the producer; throws when that cannot be done now.
     *
     * @return false when sending goes back to the beginning or ends
     */
    private boolean send(JournalStore.Kept kept) throws InterruptedException {
        long number = kept.number();
        Optional<TransferEvent> event = decode(kept);
        if (event.isEmpty()) {
            deliveries.drop(number);
            drop(1);
            return true;
        }
        if (!deliveries.begin(number)) {
            return false;
        }
        boolean handedOver = false;
        try {
            sender.send(
                    Topics.TRANSFER_EVENTS,
                    TransferEvents.keyOf(event.get()),
                    event.get(),
                    (metadata, error) -> answered(number, error));
            handedOver = true;
        } finally {
            if (!handedOver) {
                deliveries.takeBack(number);
            }
        }
        return true;
    }

    private Optional<TransferEvent> decode(JournalStore.Kept kept) {
        try {
            return Optional.of(local.deserializer().deserialize(Topics.TRANSFER_EVENTS.name(), kept.event()));
        } catch (SerializationException e) {
            LOG.atWarn().setCause(e).log("Journal holds what is no transfer event, dropping it");
            return Optional.empty();
        }
    }

    private void answered(long number, @Nullable Exception error) {
        if (error == null) {
            count(sent, 1);
            deliveries.done(number);
        } else if (error instanceof RecordTooLargeException) {
            LOG.atWarn().setCause(error).log("Kafka does not take a transfer event, dropping it");
            drop(1);
            deliveries.done(number);
        } else {
            count(failures, 1);
            deliveries.failed();
        }
        news.release();
    }

    private Deliveries.Turn forgetDelivered() throws RocksDBException {
        Deliveries.Turn turn = deliveries.turn();
        if (!turn.delivered().isEmpty()) {
            store.delete(turn.delivered());
        }
        return turn;
    }

    /** Events that are on their way to Kafka. */
    int inFlight() {
        return deliveries.inFlight();
    }

    private void waitForNews() throws InterruptedException {
        if (news.tryAcquire(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
            news.drainPermits();
        }
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(closing ? 0 : PAUSE_MILLIS);
        } catch (InterruptedException e) {
            LOG.atTrace().log("The pause was cut short");
        }
    }

    private static void count(@Nullable Counter counter, long amount) {
        if (counter != null && amount > 0) {
            counter.increment(amount);
        }
    }

    /**
     * Writes down all that was reported before the call, gives what is on its way to Kafka a moment, and closes. What
     * Kafka has not acknowledged is sent after the next start. Idempotent.
     */
    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        deliveries.close();
        news.release();
        boolean interrupted = false;
        while (writerThread.isAlive() || senderThread.isAlive()) {
            try {
                writerThread.join();
                senderThread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        store.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
