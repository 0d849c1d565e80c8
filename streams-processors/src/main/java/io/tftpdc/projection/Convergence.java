package io.tftpdc.projection;

import io.tftpdc.event.AlertEvent;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.convergence.DigestReport;
import io.tftpdc.index.convergence.DigestReport.BucketKey;
import io.tftpdc.index.convergence.RepairPlan;
import io.tftpdc.streams.kit.BoundProcessor;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaIds;
import io.tftpdc.wire.SchemaRegistryUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the peers what this partition of the index sums up to, hears the same from them, and mends what stays different.
 * What to do when is decided by {@link RepairPlan}. Runs on the stream thread of the partition's task, which holds the
 * store that is compared; the partitions of all sites are split alike, so a task needs nothing of the others.
 */
final class Convergence implements Consumer<Record<byte[], byte[]>>, BoundProcessor.Closing {
    static final String RULE = "index-differs";

    private static final Logger LOG = LoggerFactory.getLogger(Convergence.class);
    private static final Duration REPORT = Duration.ofSeconds(1);
    private static final Duration STEP = Duration.ofMillis(100);
    private static final long SIGN_OF_LIFE_MILLIS = 10_000;
    /** In this time each bucket is said once more, unless it was anyway: now one of them, now another. */
    private static final long REPEAT_MILLIS = 600_000;

    /** Takes neighbouring numbers far apart. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    /** Bounds how long one step keeps events waiting: some tens of milliseconds. */
    private static final int ENTRIES_A_STEP = 10_000;

    private final ProcessorContext<Object, Object> context;
    private final ProjectionSetup setup;
    private final int partition;
    private final long incarnation;
    private final Deserializer<DigestReport> reader;
    private final Deserializer<FileIndexEntry> entries;
    private final Serializer<FileEvent> events;
    private final KeyValueStore<Bytes, byte[]> index;
    private final KeyValueStore<String, byte[]> heard;
    private final DigestStore digests;
    private final RepairPlan plan;
    private final OtherSites others;
    private final DifferenceAlerts alerts;
    private final Announcements announcements;
    private final ConvergenceMeters meters;
    private final Map<BucketKey, BucketDigest> reported = new TreeMap<>();
    private long aliveMillis;
    private long reportedMillis;
    private long healed;
    private @Nullable BucketScan scan;

    Convergence(
            ProcessorContext<Object, Object> context,
            ProjectionSetup setup,
            ConvergenceSetup convergence,
            SchemaIds ids,
            ConvergenceMeters meters) {
        this.context = context;
        this.setup = setup;
        this.partition = context.taskId().partition();
        this.incarnation = UUID.randomUUID().getMostSignificantBits();
        this.reader = Topics.INDEX_DIGESTS.valueSerde(ids).deserializer();
        this.entries = Topics.FILE_INDEX.valueSerde(ids).deserializer();
        this.events = Topics.FILE_EVENTS.valueSerde(ids).serializer();
        this.index = context.getStateStore(FileIndexTopology.STORE);
        this.heard = context.getStateStore(FileIndexTopology.PEER_DIGESTS);
        this.digests = new DigestStore(context.getStateStore(DigestStore.NAME));
        this.plan = new RepairPlan(setup.site(), convergence.plan());
        this.others = convergence.others();
        this.alerts = new DifferenceAlerts(context.getStateStore(DifferenceAlerts.NAME));
        this.reportedMillis = context.currentSystemTimeMs();
        this.announcements = new Announcements(convergence.content(), meters);
        this.meters = meters;
        recall();
        context.schedule(REPORT, PunctuationType.WALL_CLOCK_TIME, this::report);
        context.schedule(STEP, PunctuationType.WALL_CLOCK_TIME, now -> step());
    }

    /** What the peers said before this task came here. */
    private void recall() {
        try (KeyValueIterator<String, byte[]> all = heard.all()) {
            while (all.hasNext()) {
                KeyValue<String, byte[]> said = all.next();
                plan.peer(reader.deserialize(Topics.INDEX_DIGESTS.name(), said.value), context.currentSystemTimeMs());
            }
        }
    }

    @Override
    @SuppressWarnings("NullAway") // Kafka's records may have null values, which their generics do not say
    public void accept(Record<byte[], byte[]> record) {
        if (record.value() == null) {
            return;
        }
        DigestReport report;
        try {
            report = reader.deserialize(Topics.INDEX_DIGESTS.name(), record.value());
        } catch (SchemaRegistryUnavailableException e) {
            throw e; // not the record's fault: it is processed again
        } catch (SerializationException e) {
            LOG.atWarn().setCause(e).log("A peer's digest cannot be read and is left out");
            return;
        }
        if (report.partition() == partition && !report.site().equals(setup.site())) {
            // A listing is good for one repair, and large: a task that comes here has it said again.
            if (!(report instanceof DigestReport.Listing)) {
                heard.put(report.site() + "/" + report.key(), record.value());
            }
            if (plan.peer(report, context.currentSystemTimeMs())) {
                reported.clear();
            }
        }
    }

    private void report(long now) {
        // Whatever became of the records: what is said here is known there again after a while.
        reported.keySet().removeIf(bucket -> isToBeRepeated(bucket, now));
        reportedMillis = now;
        forgetRemovedSites();
        others.links(partition).forEach(plan::link);
        if (now - aliveMillis >= SIGN_OF_LIFE_MILLIS) {
            aliveMillis = now;
            forward(new DigestReport.Alive(setup.site(), partition, incarnation, now));
        }
        digests.forEach((bucket, digest) -> {
            if (!digest.equals(reported.put(bucket, digest))) {
                plan.own(bucket, digest.history(), now);
                forward(new DigestReport.Bucket(
                        setup.site(),
                        partition,
                        incarnation,
                        now,
                        bucket,
                        digest.digest(),
                        digest.history(),
                        digest.files(),
                        digest.conflicts()));
            }
        });
        if (scan == null) {
            List<RepairPlan.Due> due = plan.due(now);
            if (!due.isEmpty()) {
                scan = new BucketScan(index, due);
            }
        }
        meters.state(partition, reported.values(), plan);
        meters.healed(plan.healed() - healed);
        healed = plan.healed();
        alerts.look(plan).forEach(this::alert);
    }

    /** Whether the bucket's moment within {@link #REPEAT_MILLIS} has come since the last report. */
    private boolean isToBeRepeated(BucketKey bucket, long now) {
        long moment = Math.floorMod((31L * bucket.hashCode() + partition) * SPREAD, REPEAT_MILLIS);
        return Math.floorMod(now - moment, REPEAT_MILLIS) < now - reportedMillis;
    }

    /** What they said goes from the store, too, or it would be recalled where the task moves to. */
    private void forgetRemovedSites() {
        others.forgotten().forEach((site, untilMillis) -> {
            if (plan.forget(site, untilMillis)) {
                List<String> said = new ArrayList<>();
                try (KeyValueIterator<String, byte[]> all = heard.range(site + "/", site + "0")) {
                    all.forEachRemaining(one -> said.add(one.key));
                }
                said.forEach(heard::delete);
            }
        });
    }

    private void step() {
        announcements.forward(this::announce);
        BucketScan current = scan;
        if (current == null) {
            return;
        }
        current.step(
                ENTRIES_A_STEP,
                (key, stored) -> announcements.add(
                        entries.deserialize(Topics.FILE_INDEX.name(), StoredEntry.encodedEntry(stored))),
                announcements::isFull);
        announcements.forward(this::announce);
        if (current.isFinished() && announcements.isEmpty()) {
            scan = null;
            finish(current);
        }
    }

    /** Not before all is announced: an attempt counts from its end. */
    private void finish(BucketScan done) {
        long now = context.currentSystemTimeMs();
        done.listings().forEach((bucket, found) -> {
            forward(new DigestReport.Listing(setup.site(), partition, incarnation, now, bucket, found));
            meters.listed(bucket);
        });
        for (RepairPlan.Due due : done.due()) {
            plan.done(due, now);
            LOG.atInfo()
                    .addKeyValue("partition", partition)
                    .addKeyValue("bucket", due.bucket())
                    .addKeyValue("listed", due.list())
                    .addKeyValue("announcedTo", due.announceTo().keySet())
                    .log("A bucket of the index differs from a peer's and is mended");
        }
    }

    private void announce(FileEvent event) {
        FileKey key = event.key();
        context.forward(
                new Record<>(
                        IndexKeys.of(key).get(),
                        events.serialize(Topics.FILE_EVENTS.name(), event),
                        event.stamp().time().wallMillis()),
                FileIndexTopology.FILE_EVENTS);
    }

    private void forward(DigestReport report) {
        context.forward(new Record<>(report.key(), report, report.atMillis()), FileIndexTopology.INDEX_DIGESTS);
    }

    /** Announcing does not help, or the difference is over. */
    private void alert(DifferenceAlerts.Change change) {
        String subject = change.peer() + "/partition-" + partition;
        alert(
                switch (change) {
                    case DifferenceAlerts.Change.Raised raised -> {
                        BucketKey first = raised.buckets().get(0);
                        yield new AlertEvent.AlertRaised(
                                envelope(),
                                RULE,
                                subject,
                                raised.buckets().size() + " buckets of the index differ from site " + raised.peer()
                                        + "'s although they were announced again and again, such as " + first
                                        + "; see which files with: tftpdc sync-status --tenant " + first.tenant()
                                        + " --paths");
                    }
                    case DifferenceAlerts.Change.Cleared cleared ->
                        new AlertEvent.AlertCleared(envelope(), RULE, subject);
                });
    }

    private EventEnvelope envelope() {
        return new EventEnvelope(
                new EventId(UUID.randomUUID()), setup.site(), setup.clock().tick(), "streams:" + setup.node());
    }

    private void alert(AlertEvent alert) {
        context.forward(new Record<>(alert.rule(), alert, context.currentSystemTimeMs()), FileIndexTopology.ALERTS);
    }

    @Override
    public void close() {
        meters.gone(partition);
    }
}
