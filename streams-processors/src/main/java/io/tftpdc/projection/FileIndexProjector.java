package io.tftpdc.projection;

import io.tftpdc.event.AlertEvent;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.projection.ProjectionMeters.Refusal;
import io.tftpdc.streams.kit.Rejections;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaIds;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folds file events into the store {@code file-index} and forwards each entry that they change. What an event means is
 * decided by {@link io.tftpdc.index.FileIndexFold}; here it is looked up, written and forwarded. Runs on a stream
 * thread, at least once.
 */
final class FileIndexProjector implements Consumer<Record<byte[], byte[]>> {
    private static final Logger LOG = LoggerFactory.getLogger(FileIndexProjector.class);

    /**
     * Largest encoded event. An entry carries up to 16 of them and must fit into one record of 1 MiB; every site draws
     * the line at the same place, so all still come to the same index.
     */
    static final int MAX_EVENT_BYTES = 56 * 1024;

    /** How much later than its time an event from the future may count. */
    private static final Duration LOOK_FOR_DUE = Duration.ofSeconds(1);

    private final ProcessorContext<Object, Object> context;
    private final ProjectionSetup setup;
    private final SkewWatch watch;
    private final ProjectionMeters meters;
    private final Rejections rejections;
    private final Decoded.Decoder<FileKey, FileEvent> decoder;
    private final Serializer<FileIndexEntry> writer;
    private final Deserializer<FileIndexEntry> reader;
    private final KeyValueStore<Bytes, byte[]> index;
    private final DigestStore digests;
    private final FutureEvents future;

    FileIndexProjector(
            ProcessorContext<Object, Object> context,
            ProjectionSetup setup,
            SchemaIds ids,
            SkewWatch watch,
            ProjectionMeters meters) {
        this.context = context;
        this.setup = setup;
        this.watch = watch;
        this.meters = meters;
        this.rejections = new Rejections(setup.site(), FileIndexTopology.PROJECTOR);
        this.decoder = new Decoded.Decoder<>(Topics.FILE_EVENTS, ids);
        this.writer = Topics.FILE_INDEX.valueSerde(ids).serializer();
        this.reader = Topics.FILE_INDEX.valueSerde(ids).deserializer();
        this.index = context.getStateStore(FileIndexTopology.STORE);
        this.digests = new DigestStore(context.getStateStore(DigestStore.NAME));
        // The clock is in memory: without this, a stamp given after a restart could lose against what is there.
        digests.rebuild(index, encoded -> reader.deserialize(Topics.FILE_INDEX.name(), encoded), this::observe);
        this.future = new FutureEvents(context.getStateStore(FutureEvents.NAME));
        context.schedule(LOOK_FOR_DUE, PunctuationType.WALL_CLOCK_TIME, this::foldDue);
    }

    private void observe(HybridTime time) {
        if (setup.skew().accepts(time, context.currentSystemTimeMs())) {
            setup.clock().observe(time);
        }
    }

    @Override
    public void accept(Record<byte[], byte[]> record) {
        switch (decoder.decode(record)) {
            case Decoded.Good<FileKey, FileEvent> good -> project(good.key(), good.value(), record);
            case Decoded.Bad<FileKey, FileEvent> bad -> reject(record, Refusal.UNDECODABLE, bad.reason());
        }
    }

    private void project(FileKey key, FileEvent event, Record<byte[], byte[]> record) {
        if (!event.key().equals(key)) {
            reject(
                    record,
                    Refusal.KEY_MISMATCH,
                    "the key is " + key + " but the event is about " + event.key()
                            + "; expected one file. Write the event under the key of its file");
            return;
        }
        if (record.value().length > MAX_EVENT_BYTES) {
            reject(
                    record,
                    Refusal.TOO_LARGE,
                    "the event is " + record.value().length + " bytes; expected at most " + MAX_EVENT_BYTES
                            + ". Publish again with fewer or shorter labels");
            return;
        }
        long now = context.currentSystemTimeMs();
        if (!setup.skew().accepts(event.stamp(), now)) {
            String reason = setup.skew().reason(event.stamp(), now);
            future.keep(record.key(), event, record.value());
            reject(record, Refusal.CLOCK_SKEW, reason);
            watch.refused(event.stamp(), reason, now, alertEnvelope()).ifPresent(this::alert);
            return;
        }
        setup.clock().observe(event.stamp().time());
        if (watch.endsAlert(event.stamp())) {
            watch.cleared(event.stamp().origin(), alertEnvelope()).ifPresent(this::alert);
        }
        fold(event, record);
    }

    /** Folds the events whose time has come. One that was folded and not yet forgotten at a crash is folded again. */
    private void foldDue(long now) {
        for (FutureEvents.Held held : future.due(time -> setup.skew().accepts(time, now))) {
            Record<byte[], byte[]> record =
                    new Record<>(held.fileKey(), held.event(), held.time().wallMillis());
            // Only what was decoded is kept, so anything else is a fault that must not pass unseen.
            switch (decoder.decode(record)) {
                case Decoded.Good<FileKey, FileEvent> good -> {
                    setup.clock().observe(held.time());
                    fold(good.value(), record);
                }
                case Decoded.Bad<FileKey, FileEvent> bad ->
                    throw new IllegalStateException(
                            "an event kept in " + FutureEvents.NAME + " cannot be read: " + bad.reason());
            }
            future.forget(held);
        }
    }

    private void fold(FileEvent event, Record<byte[], byte[]> record) {
        Bytes storeKey = Bytes.wrap(record.key());
        byte[] before = index.get(storeKey);
        FileIndexEntry known = entry(event.key(), before);
        FileIndexChange change = FileIndexChange.of(known, event);
        meters.count(change);
        switch (change) {
            case FileIndexChange.Applied applied -> write(storeKey, known, before, applied.entry(), record.timestamp());
            case FileIndexChange.Repeated repeated ->
                write(storeKey, known, before, repeated.entry(), record.timestamp());
            case FileIndexChange.Superseded superseded ->
                LOG.atDebug().addKeyValue("filePath", event.key()).log("Event is older than all that is kept");
            case FileIndexChange.Unknown unknown ->
                LOG.atDebug()
                        .addKeyValue("filePath", event.key())
                        .log("Event of an unknown kind leaves the index alone");
        }
    }

    private FileIndexEntry entry(FileKey key, byte @Nullable [] stored) {
        return stored == null
                ? FileIndexEntry.empty(key)
                : reader.deserialize(Topics.FILE_INDEX.name(), StoredEntry.encodedEntry(stored));
    }

    private void write(
            Bytes storeKey, FileIndexEntry known, byte @Nullable [] before, FileIndexEntry entry, long timestamp) {
        byte[] encoded = writer.serialize(Topics.FILE_INDEX.name(), entry);
        byte[] after = StoredEntry.of(entry, encoded, known, before);
        index.put(storeKey, after);
        digests.replace(storeKey, before, after);
        context.forward(new Record<>(storeKey.get(), encoded, timestamp), FileIndexTopology.FILE_INDEX);
    }

    private void reject(Record<byte[], byte[]> record, Refusal refusal, String reason) {
        meters.count(refusal);
        LOG.atWarn()
                .addKeyValue("origin", Rejections.origin(context, record))
                .addKeyValue("reason", reason)
                .log("File event rejected");
        context.forward(rejections.reject(context, record, reason), FileIndexTopology.REJECTED);
    }

    private EventEnvelope alertEnvelope() {
        return new EventEnvelope(
                new EventId(UUID.randomUUID()), setup.site(), setup.clock().tick(), "streams:" + setup.node());
    }

    private void alert(AlertEvent alert) {
        context.forward(new Record<>(alert.rule(), alert, context.currentSystemTimeMs()), FileIndexTopology.ALERTS);
    }
}
