package io.tftpdc.topic;

import io.tftpdc.event.SiteName;
import io.tftpdc.wire.Format;
import io.tftpdc.wire.SchemaIds;
import org.apache.kafka.common.serialization.Serde;

/**
 * One topic: its name, how keys and values are written, and what it is created with.
 *
 * @param mirrored whether MirrorMaker carries it to the other sites
 * @param purpose one sentence for the reference page
 */
public record Topic<K, V>(
        String name, Format<K> keys, Format<V> values, TopicSettings settings, boolean mirrored, String purpose) {

    public Serde<K> keySerde(SchemaIds ids) {
        return keys.serde(ids);
    }

    public Serde<V> valueSerde(SchemaIds ids) {
        return values.serde(ids);
    }

    /** The topic that MirrorMaker's DefaultReplicationPolicy writes here for a peer's topic of this name. */
    public Topic<K, V> mirroredFrom(SiteName peer) {
        if (!mirrored) {
            throw new IllegalArgumentException(name + " is not mirrored; each site has its own");
        }
        return new Topic<>(peer + "." + name, keys, values, settings, true, purpose);
    }
}
