package io.tftpdc.edge.upload;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.VersionVector;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a spooled file says of itself, all that its event needs but the list of chunks, which is made when it is
 * published.
 *
 * @param hash of the content
 * @param size of the content in bytes
 * @param envelope of the event: decided when the upload was acknowledged, and the same however often it is published
 * @param seen what this node knew of the file then, which tells a conflict from a file that was replaced
 */
record SpoolEntry(
        FileKey key, Sha256 hash, long size, EventEnvelope envelope, Map<String, String> labels, VersionVector seen) {
    private static final ObjectMapper JSON = new ObjectMapper();

    SpoolEntry {
        labels = Map.copyOf(labels);
    }

    /** What makes the file visible, once its chunks are in Kafka. */
    FileEvent event(FileContent content) {
        return new FileEvent.FilePublished(envelope, key, content, "", labels, seen);
    }

    byte[] encode() {
        ObjectNode root = JSON.createObjectNode();
        root.put("tenant", key.tenant().value())
                .put("path", key.path().value())
                .put("sha256", hash.hex())
                .put("size", size)
                .put("eventId", envelope.eventId().toString())
                .put("origin", envelope.origin().value())
                .put("hybridTime", envelope.time().packed())
                .put("actor", envelope.actor());
        ObjectNode named = root.putObject("labels");
        new TreeMap<>(labels).forEach(named::put);
        if (seen.known()) {
            ObjectNode times = root.putObject("seen");
            seen.latest().forEach((origin, time) -> times.put(origin.value(), time.packed()));
        }
        return root.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** @throws IOException when the bytes are not what {@link #encode} made */
    static SpoolEntry decode(byte[] bytes) throws IOException {
        try {
            JsonNode root = JSON.readTree(bytes);
            Map<String, String> labels = new TreeMap<>();
            root.path("labels")
                    .properties()
                    .forEach(
                            label -> labels.put(label.getKey(), label.getValue().asText()));
            return new SpoolEntry(
                    FileKey.of(text(root, "tenant"), text(root, "path")),
                    Sha256.parse(text(root, "sha256")),
                    number(root, "size"),
                    new EventEnvelope(
                            EventId.parse(text(root, "eventId")),
                            new SiteName(text(root, "origin")),
                            new HybridTime(number(root, "hybridTime")),
                            text(root, "actor")),
                    labels,
                    seen(root));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new IOException("the description of a spooled upload cannot be read: " + e.getMessage(), e);
        }
    }

    /** Earlier versions did not say it. */
    private static VersionVector seen(JsonNode root) throws IOException {
        JsonNode times = root.path("seen");
        if (times.isMissingNode()) {
            return VersionVector.UNKNOWN;
        }
        Map<SiteName, HybridTime> latest = new TreeMap<>();
        for (Map.Entry<String, JsonNode> time : times.properties()) {
            latest.put(new SiteName(time.getKey()), new HybridTime(number(times, time.getKey())));
        }
        return VersionVector.of(latest);
    }

    private static String text(JsonNode root, String name) throws IOException {
        JsonNode value = root.path(name);
        if (!value.isTextual()) {
            throw new IOException("the description of a spooled upload lacks '" + name + "'");
        }
        return value.textValue();
    }

    private static long number(JsonNode root, String name) throws IOException {
        JsonNode value = root.path(name);
        if (!value.isIntegralNumber()) {
            throw new IOException("the description of a spooled upload lacks '" + name + "'");
        }
        return value.longValue();
    }
}
