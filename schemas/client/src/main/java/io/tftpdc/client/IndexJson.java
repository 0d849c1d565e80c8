package io.tftpdc.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.EventId;
import io.tftpdc.event.EventStamp;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.ObjectLocation;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.VersionVector;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileRevision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Index entries as the query endpoint of the streams processors writes them: {@code {"tenant", "path",
 * "revisions":[{"eventId", "origin", "hybridTime", "time", "actor", "kind", ...}]}}, the newest revision first. Reading
 * throws {@link IllegalArgumentException} when the text is something else.
 */
public final class IndexJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private IndexJson() {}

    public static ObjectNode write(FileIndexEntry entry) {
        ObjectNode node = JSON.createObjectNode()
                .put("tenant", entry.key().tenant().value())
                .put("path", entry.key().path().value());
        ArrayNode revisions = node.putArray("revisions");
        entry.revisions().forEach(revision -> revisions.add(write(revision)));
        return node;
    }

    public static FileIndexEntry readEntry(JsonNode node) {
        List<FileRevision> revisions = new ArrayList<>();
        for (JsonNode revision : required(node, "revisions")) {
            revisions.add(readRevision(revision));
        }
        return new FileIndexEntry(FileKey.of(text(node, "tenant"), text(node, "path")), revisions);
    }

    public static ObjectNode write(ContentLocation location) {
        return JSON.createObjectNode()
                .put("topic", location.topic())
                .put("partition", location.partition())
                .put("offset", location.offset())
                .put("size", location.size());
    }

    public static ContentLocation readLocation(JsonNode node) {
        return new ContentLocation(
                text(node, "topic"),
                required(node, "partition").asInt(),
                required(node, "offset").asLong(),
                required(node, "size").asInt());
    }

    private static ObjectNode write(FileRevision revision) {
        EventStamp stamp = revision.stamp();
        ObjectNode node = JSON.createObjectNode()
                .put("eventId", stamp.eventId().toString())
                .put("origin", stamp.origin().value())
                .put("hybridTime", stamp.time().packed())
                .put("time", Instant.ofEpochMilli(stamp.time().wallMillis()).toString())
                .put("actor", revision.actor());
        if (revision.seen().known()) {
            ObjectNode seen = node.putObject("seen");
            revision.seen().latest().forEach((origin, time) -> seen.put(origin.value(), time.packed()));
        }
        switch (revision) {
            case FileRevision.Removed removed -> node.put("kind", "removed");
            case FileRevision.Published published -> {
                FileContent content = published.content();
                node.put("kind", "published")
                        .put("sha256", content.hash().hex())
                        .put("size", content.size())
                        .put("chunkSize", content.chunkSize())
                        .put("contentType", published.contentType());
                ObjectNode labels = node.putObject("labels");
                new TreeMap<>(published.labels()).forEach(labels::put);
                List<Sha256> hashes =
                        switch (content.chunks()) {
                            case FileContent.Inline inline -> inline.hashes();
                            case FileContent.Manifest manifest -> manifest.hashes();
                        };
                ArrayNode list = node.putArray(content.chunks() instanceof FileContent.Inline ? "chunks" : "manifest");
                hashes.forEach(hash -> list.add(hash.hex()));
                content.location().ifPresent(object -> node.put("location", object.uri()));
            }
        }
        return node;
    }

    private static FileRevision readRevision(JsonNode node) {
        EventStamp stamp = new EventStamp(
                new HybridTime(required(node, "hybridTime").asLong()),
                new SiteName(text(node, "origin")),
                EventId.parse(text(node, "eventId")));
        String actor = text(node, "actor");
        String kind = text(node, "kind");
        return switch (kind) {
            case "removed" -> new FileRevision.Removed(stamp, actor, readSeen(node));
            case "published" ->
                new FileRevision.Published(
                        stamp,
                        actor,
                        readContent(node),
                        node.path("contentType").asText(""),
                        readLabels(node),
                        readSeen(node));
            default ->
                throw new IllegalArgumentException("revision is of kind '" + kind
                        + "'; expected published or removed. Is the other side newer than this program?");
        };
    }

    private static VersionVector readSeen(JsonNode node) {
        JsonNode written = node.path("seen");
        if (!written.isObject()) {
            return VersionVector.UNKNOWN;
        }
        Map<SiteName, HybridTime> latest = new TreeMap<>();
        written.properties()
                .forEach(one -> latest.put(
                        new SiteName(one.getKey()),
                        new HybridTime(one.getValue().asLong())));
        return VersionVector.of(latest);
    }

    private static FileContent readContent(JsonNode node) {
        long size = required(node, "size").asLong();
        int chunkSize = required(node, "chunkSize").asInt();
        List<Sha256> manifest = hashes(node.path("manifest"));
        FileContent.Chunks chunks = manifest.isEmpty()
                ? new FileContent.Inline(hashes(node.path("chunks")))
                : new FileContent.Manifest(manifest, (size + chunkSize - 1) / Math.max(1, chunkSize));
        FileContent content = new FileContent(Sha256.parse(text(node, "sha256")), size, chunkSize, chunks);
        String location = node.path("location").asText("");
        return location.isEmpty() ? content : content.at(new ObjectLocation(location));
    }

    private static List<Sha256> hashes(JsonNode array) {
        List<Sha256> hashes = new ArrayList<>(array.size());
        array.forEach(hash -> hashes.add(Sha256.parse(hash.asText())));
        return hashes;
    }

    private static Map<String, String> readLabels(JsonNode node) {
        Map<String, String> labels = new TreeMap<>();
        node.path("labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        return labels;
    }

    private static String text(JsonNode node, String name) {
        return required(node, name).asText();
    }

    private static JsonNode required(JsonNode node, String name) {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            throw new IllegalArgumentException("index entry has no '" + name + "'");
        }
        return value;
    }
}
