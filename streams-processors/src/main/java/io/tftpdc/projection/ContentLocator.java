package io.tftpdc.projection;

import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.RejectedRecord;
import io.tftpdc.event.Sha256;
import io.tftpdc.projection.ProjectionMeters.Refusal;
import io.tftpdc.streams.kit.Rejections;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaIds;
import java.util.Arrays;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes where each chunk lies. The chunk's bytes are hashed, because a record whose key is not its hash would poison
 * whoever trusts it, and then let go. Runs on a stream thread, at least once.
 */
final class ContentLocator implements Consumer<Record<byte[], byte[]>> {
    private static final Logger LOG = LoggerFactory.getLogger(ContentLocator.class);

    private final ProcessorContext<Object, Object> context;
    private final ProjectionMeters meters;
    private final Rejections rejections;
    private final Serializer<ContentLocation> writer;
    private final Deserializer<ContentLocation> reader;
    private final KeyValueStore<Bytes, byte[]> locations;

    ContentLocator(
            ProcessorContext<Object, Object> context, ProjectionSetup setup, SchemaIds ids, ProjectionMeters meters) {
        this.context = context;
        this.meters = meters;
        this.rejections = new Rejections(setup.site(), ContentLocationTopology.LOCATOR);
        this.writer = Topics.CONTENT_LOCATIONS.valueSerde(ids).serializer();
        this.reader = Topics.CONTENT_LOCATIONS.valueSerde(ids).deserializer();
        this.locations = context.getStateStore(ContentLocationTopology.STORE);
    }

    @Override
    @SuppressWarnings("NullAway") // Kafka's records may have null keys and values, which their generics do not say
    public void accept(Record<byte[], byte[]> record) {
        RejectedRecord.Origin origin = Rejections.origin(context, record);
        if (record.key() == null || record.key().length != Sha256.BYTES) {
            reject(
                    record,
                    Refusal.UNDECODABLE,
                    "the key of the chunk is " + (record.key() == null ? "missing" : record.key().length + " bytes")
                            + "; expected the 32 bytes of its SHA-256");
        } else if (record.value() == null) {
            forget(Bytes.wrap(record.key()), origin, record.timestamp());
        } else {
            byte[] hash = Sha256.of(record.value()).bytes();
            if (Arrays.equals(hash, record.key())) {
                note(Bytes.wrap(hash), origin, record);
            } else {
                reject(
                        record,
                        Refusal.WRONG_HASH,
                        "the bytes of the chunk have the SHA-256 " + Sha256.ofDigest(hash) + " but its key is "
                                + Sha256.ofDigest(record.key())
                                + "; expected the same. Find the producer that wrote it and publish the file again");
            }
        }
    }

    private void note(Bytes hash, RejectedRecord.Origin origin, Record<byte[], byte[]> record) {
        ContentLocation found =
                new ContentLocation(origin.topic(), origin.partition(), origin.offset(), record.value().length);
        byte[] known = locations.get(hash);
        if (known == null || LocationFold.merge(found, read(known)).equals(found)) {
            byte[] encoded = writer.serialize(Topics.CONTENT_LOCATIONS.name(), found);
            locations.put(hash, encoded);
            forward(hash, encoded, record.timestamp());
        }
        meters.located();
    }

    /** A tombstone: the chunk is gone from that topic, so a place in it is one no longer. */
    @SuppressWarnings("NullAway") // a tombstone is a null value
    private void forget(Bytes hash, RejectedRecord.Origin origin, long timestamp) {
        byte[] known = locations.get(hash);
        if (known != null) {
            ContentLocation place = read(known);
            if (place.topic().equals(origin.topic()) && place.offset() <= origin.offset()) {
                locations.delete(hash);
                forward(hash, null, timestamp);
            }
        }
    }

    private ContentLocation read(byte[] encoded) {
        return reader.deserialize(Topics.CONTENT_LOCATIONS.name(), encoded);
    }

    private void forward(Bytes hash, byte[] encoded, long timestamp) {
        context.forward(new Record<>(hash.get(), encoded, timestamp), ContentLocationTopology.LOCATIONS);
    }

    private void reject(Record<byte[], byte[]> record, Refusal refusal, String reason) {
        meters.count(refusal);
        LOG.atWarn()
                .addKeyValue("origin", Rejections.origin(context, record))
                .addKeyValue("reason", reason)
                .log("Chunk rejected");
        context.forward(rejections.reject(context, record, reason), ContentLocationTopology.REJECTED);
    }
}
