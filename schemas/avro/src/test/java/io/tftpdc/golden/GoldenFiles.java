package io.tftpdc.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.EventStamp;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.ObjectLocation;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileRevision;
import io.tftpdc.index.IndexDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * How a golden log is written, a plain JSON of its own so that neither Avro nor the model's Java can change it:
 *
 * <ul>
 *   <li>{@code events.jsonl}: one event a line, in the order of delivery. {@code hybridTime} is
 *       {@code milliseconds.counter}; content has {@code chunks}, or {@code manifest} when it has too many. A
 *       {@code type} other than {@code FilePublished} and {@code FileRemoved} is a kind that we do not know.
 *   <li>{@code index.json}: {@code entries} with their revisions, greatest stamp first, and {@code digests} by tenant.
 *   <li>{@code README.txt}: one sentence, the rule that the case protects.
 * </ul>
 */
final class GoldenFiles {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String INDEX = "index.json";

    private GoldenFiles() {}

    static List<FileEvent> events(Path folder) throws IOException {
        List<FileEvent> events = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("events.jsonl"))) {
            events.add(event(JSON.readTree(line)));
        }
        return events;
    }

    static List<Path> casesWithoutIndex(Path root) throws IOException {
        try (Stream<Path> cases = Files.list(root)) {
            return cases.filter(folder -> !Files.exists(folder.resolve(INDEX))).toList();
        }
    }

    static void writeIndex(Path folder, Map<FileKey, FileIndexEntry> index) throws IOException {
        Files.writeString(folder.resolve(INDEX), write(index));
    }

    static GoldenLog read(Path folder) throws IOException {
        String name = folder.getFileName().toString().replace("/", "");
        TreeMap<FileKey, FileIndexEntry> entries = new TreeMap<>();
        TreeMap<Tenant, IndexDigest> digests = new TreeMap<>();
        if (!Files.exists(folder.resolve(INDEX))) {
            throw new IllegalStateException("golden log '" + name + "' has no " + INDEX + "; add -Dgolden.write=true to"
                    + " write what the fold comes to, and check it");
        }
        JsonNode index = JSON.readTree(Files.readString(folder.resolve(INDEX)));
        index.required("entries").forEach(node -> {
            FileKey key = key(node);
            List<FileRevision> revisions = new ArrayList<>();
            node.required("revisions").forEach(revision -> revisions.add(revision(revision)));
            entries.put(key, new FileIndexEntry(key, revisions));
        });
        index.required("digests")
                .properties()
                .forEach(digest -> digests.put(
                        new Tenant(digest.getKey()),
                        IndexDigest.parse(digest.getValue().textValue())));
        String why = Files.readString(folder.resolve("README.txt")).strip();
        return new GoldenLog(name, why, events(folder), entries, digests);
    }

    /** What {@code index.json} of a new case would say. */
    static String write(Map<FileKey, FileIndexEntry> index) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ArrayNode entries = root.putArray("entries");
        new TreeMap<>(index)
                .values().stream().filter(entry -> !entry.revisions().isEmpty()).forEach(entry -> {
                    ObjectNode node = entries.addObject();
                    node.put("tenant", entry.key().tenant().value());
                    node.put("path", entry.key().path().value());
                    ArrayNode revisions = node.putArray("revisions");
                    entry.revisions().forEach(revision -> revisions.add(json(revision)));
                });
        ObjectNode digests = root.putObject("digests");
        GoldenLog.digestsOf(index).forEach((tenant, digest) -> digests.put(tenant.value(), digest.hex()));
        return root.toPrettyString() + "\n";
    }

    /** One line for each revision, as the files have it. */
    static List<String> describe(FileIndexEntry entry) {
        return entry.revisions().stream()
                .map(revision -> json(revision).toString())
                .toList();
    }

    private static FileEvent event(JsonNode node) {
        EventEnvelope envelope = new EventEnvelope(
                EventId.parse(text(node, "eventId")),
                new SiteName(text(node, "origin")),
                time(node),
                text(node, "actor"));
        return switch (text(node, "type")) {
            case "FilePublished" ->
                new FileEvent.FilePublished(
                        envelope, key(node), content(node), text(node, "contentType"), labels(node));
            case "FileRemoved" -> new FileEvent.FileRemoved(envelope, key(node));
            case String unknown -> new FileEvent.UnknownEvent(envelope, key(node), unknown);
        };
    }

    private static FileRevision revision(JsonNode node) {
        EventStamp stamp =
                new EventStamp(time(node), new SiteName(text(node, "origin")), EventId.parse(text(node, "eventId")));
        return switch (text(node, "type")) {
            case "Published" ->
                new FileRevision.Published(
                        stamp, text(node, "actor"), content(node), text(node, "contentType"), labels(node));
            case "Removed" -> new FileRevision.Removed(stamp, text(node, "actor"));
            case String other -> throw new IllegalArgumentException("revision of type " + other);
        };
    }

    private static ObjectNode json(FileRevision revision) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("type", revision.getClass().getSimpleName());
        node.put("eventId", revision.stamp().eventId().toString());
        node.put("origin", revision.stamp().origin().value());
        node.put("hybridTime", revision.stamp().time().toString());
        node.put("actor", revision.actor());
        switch (revision) {
            case FileRevision.Published published -> {
                FileContent content = published.content();
                node.put("sha256", content.hash().hex());
                node.put("size", content.size());
                node.put("chunkSize", content.chunkSize());
                switch (content.chunks()) {
                    case FileContent.Inline inline -> addHashes(node.putArray("chunks"), inline.hashes());
                    case FileContent.Manifest manifest -> addHashes(node.putArray("manifest"), manifest.hashes());
                }
                content.location().ifPresent(object -> node.put("location", object.uri()));
                node.put("contentType", published.contentType());
                ObjectNode labels = node.putObject("labels");
                new TreeMap<>(published.labels()).forEach(labels::put);
            }
            case FileRevision.Removed removed -> {
                // Nothing more is known of a removal.
            }
        }
        return node;
    }

    private static void addHashes(ArrayNode array, List<Sha256> hashes) {
        hashes.forEach(hash -> array.add(hash.hex()));
    }

    private static FileContent content(JsonNode node) {
        long size = node.required("size").longValue();
        int chunkSize = node.required("chunkSize").intValue();
        FileContent.Chunks chunks = node.has("manifest")
                ? new FileContent.Manifest(hashes(node.required("manifest")), (size + chunkSize - 1) / chunkSize)
                : new FileContent.Inline(hashes(node.required("chunks")));
        FileContent content = new FileContent(Sha256.parse(text(node, "sha256")), size, chunkSize, chunks);
        return node.has("location") ? content.at(new ObjectLocation(text(node, "location"))) : content;
    }

    private static List<Sha256> hashes(JsonNode array) {
        List<Sha256> hashes = new ArrayList<>();
        array.forEach(hash -> hashes.add(Sha256.parse(hash.textValue())));
        return hashes;
    }

    private static Map<String, String> labels(JsonNode node) {
        Map<String, String> labels = new TreeMap<>();
        node.required("labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().textValue()));
        return labels;
    }

    private static HybridTime time(JsonNode node) {
        String text = text(node, "hybridTime");
        int dot = text.indexOf('.');
        return HybridTime.of(Long.parseLong(text.substring(0, dot)), Integer.parseInt(text.substring(dot + 1)));
    }

    private static FileKey key(JsonNode node) {
        return FileKey.of(text(node, "tenant"), text(node, "path"));
    }

    private static String text(JsonNode node, String field) {
        return node.required(field).textValue();
    }
}
