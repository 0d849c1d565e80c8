package io.tftpdc.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tftpdc.client.IndexJson;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.IndexDigest;
import io.tftpdc.index.convergence.DigestReport.BucketKey;
import io.tftpdc.projection.BucketDigest;
import io.tftpdc.projection.IndexKeys;
import io.tftpdc.projection.StoredEntry;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaIds;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/**
 * Finds answers in the stores of this process and, unless a request is local, of the others. Any thread.
 *
 * <p>Everything here throws {@link NotQueryableException} while an answer would be incomplete, and
 * {@link IllegalArgumentException} on parameters that make no sense.
 */
final class IndexAnswers {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1000;
    private static final int MAX_HASHES = 20_000;
    private static final int MAX_FINGERPRINTS = 50_000;

    private final SiteName site;
    private final StoreView<Bytes, byte[]> index;
    private final StoreView<String, BucketDigest> digests;
    private final StoreView<Bytes, byte[]> locations;
    private final Deserializer<FileIndexEntry> entries;
    private final Deserializer<io.tftpdc.event.ContentLocation> places;
    private final PeerClient peers;

    IndexAnswers(
            SiteName site,
            StoreView<Bytes, byte[]> index,
            StoreView<String, BucketDigest> digests,
            StoreView<Bytes, byte[]> locations,
            SchemaIds ids,
            PeerClient peers) {
        this.site = site;
        this.index = index;
        this.digests = digests;
        this.locations = locations;
        this.entries = Topics.FILE_INDEX.valueSerde(ids).deserializer();
        this.places = Topics.CONTENT_LOCATIONS.valueSerde(ids).deserializer();
        this.peers = peers;
    }

    /** A status and a body. */
    record Answer(int status, JsonNode body) {
        static Answer ok(JsonNode body) {
            return new Answer(200, body);
        }

        /** A 404 that no server but this one gives: nothing was ever said about the file. */
        static Answer absent(String message) {
            return new Answer(
                    404, JSON.createObjectNode().put("message", message).put("absent", true));
        }

        static Answer error(int status, String message) {
            return new Answer(status, JSON.createObjectNode().put("message", message));
        }
    }

    Answer file(Parameters parameters) {
        FileKey key = FileKey.parse(parameters.required("key"));
        return switch (index.ownerOf(IndexKeys.of(key))) {
            case StoreView.Owner.Here<Bytes, byte[]> here -> {
                byte[] stored = here.store().get(IndexKeys.of(key));
                yield stored == null
                        ? Answer.absent("file " + key + " was never heard of; list its tenant to see what is there")
                        : Answer.ok(entry(stored));
            }
            case StoreView.Owner.There<Bytes, byte[]> there -> {
                if (parameters.flag(Parameters.LOCAL)) {
                    throw new NotQueryableException("file " + key + " has just moved to another process; ask again");
                }
                PeerClient.Answer answer = peers.get(there.endpoint(), FileIndexQuery.FILES, parameters.values());
                yield new Answer(answer.status(), answer.body());
            }
        };
    }

    Answer list(Parameters parameters) {
        IndexListing.Request request = new IndexListing.Request(
                new Tenant(parameters.required("tenant")),
                parameters.text("prefix", ""),
                parameters.text("after", ""),
                parameters.count("limit", DEFAULT_LIMIT, MAX_LIMIT),
                parameters.flag("conflicts")
                        ? IndexListing.Which.IN_CONFLICT
                        : parameters.flag("removed") ? IndexListing.Which.ALL : IndexListing.Which.PRESENT);
        List<JsonNode> found = new ArrayList<>();
        List<URI> others = others(index, parameters);
        IndexListing.Page here = IndexListing.list(index.local(), request);
        here.stored().forEach(stored -> found.add(entry(stored)));
        boolean more = here.more();
        for (URI other : others) {
            JsonNode page =
                    peers.get(other, FileIndexQuery.LIST, parameters.values()).body();
            page.path("entries").forEach(found::add);
            more |= page.path("next").isTextual();
        }
        found.sort(Comparator.comparing(IndexAnswers::pathBytes, Arrays::compareUnsigned));
        more |= found.size() > request.limit();
        List<JsonNode> listed = found.subList(0, Math.min(request.limit(), found.size()));
        ObjectNode body = JSON.createObjectNode();
        body.putArray("entries").addAll(listed);
        if (more && !listed.isEmpty()) {
            body.put("next", listed.get(listed.size() - 1).path("path").textValue());
        } else {
            body.putNull("next");
        }
        return Answer.ok(body);
    }

    Answer digests(Parameters parameters) {
        String wanted = parameters.text("tenant", "");
        if (!wanted.isEmpty()) {
            // Checks only: the store has the tenant as text.
            Tenant checked = new Tenant(wanted);
            wanted = checked.value();
        }
        Map<String, Map<Integer, BucketDigest>> sums = new TreeMap<>();
        List<URI> others = others(digests, parameters);
        for (ReadOnlyKeyValueStore<String, BucketDigest> partition : digests.local()) {
            try (KeyValueIterator<String, BucketDigest> cells = partition.all()) {
                while (cells.hasNext()) {
                    KeyValue<String, BucketDigest> entry = cells.next();
                    BucketKey cell = BucketKey.parse(entry.key);
                    add(sums, cell.tenant().value(), cell.number(), entry.value);
                }
            }
        }
        for (URI other : others) {
            DigestJson.read(peers.get(other, FileIndexQuery.DIGESTS, parameters.values())
                            .body())
                    .forEach((tenant, buckets) ->
                            buckets.forEach((bucket, digest) -> add(sums, tenant, bucket, digest)));
        }
        if (!wanted.isEmpty()) {
            sums.keySet().retainAll(Set.of(wanted));
        }
        return Answer.ok(DigestJson.write(sums));
    }

    /** What the index holds in some buckets of a tenant, for comparing with another site's. */
    Answer fingerprints(Parameters parameters) {
        Tenant tenant = new Tenant(parameters.required("tenant"));
        BitSet buckets = new BitSet(IndexDigest.BUCKETS);
        for (String number : parameters.required("buckets").split(",")) {
            buckets.set(new BucketKey(tenant, Integer.parseInt(number)).number());
        }
        int limit = parameters.count("limit", MAX_FINGERPRINTS, MAX_FINGERPRINTS);
        ObjectNode body = JSON.createObjectNode().put("site", site.value());
        ObjectNode found = body.putObject("entries");
        boolean more = false;
        List<URI> others = others(index, parameters);
        byte[] prefix = IndexKeys.of(tenant + "/").get();
        for (ReadOnlyKeyValueStore<Bytes, byte[]> partition : index.local()) {
            try (KeyValueIterator<Bytes, byte[]> entries =
                    partition.range(Bytes.wrap(prefix), IndexKeys.of(tenant + "0"))) {
                while (entries.hasNext()) {
                    KeyValue<Bytes, byte[]> entry = entries.next();
                    if (buckets.get(StoredEntry.bucket(entry.value))) {
                        if (found.size() == limit) {
                            more = true;
                            break;
                        }
                        found.put(
                                IndexKeys.parse(entry.key).path().value(),
                                StoredEntry.history(entry.value).hex());
                    }
                }
            }
        }
        for (URI other : others) {
            JsonNode theirs = peers.get(other, FileIndexQuery.FINGERPRINTS, parameters.values())
                    .body();
            more |= theirs.path("more").asBoolean();
            for (Map.Entry<String, JsonNode> entry : theirs.path("entries").properties()) {
                if (found.size() < limit) {
                    found.set(entry.getKey(), entry.getValue());
                } else {
                    more = true;
                }
            }
        }
        return Answer.ok(body.put("more", more));
    }

    /**
     * What the index knows of a file, wherever it is held.
     *
     * @throws NotQueryableException when nobody can say now
     */
    FileIndexEntry entryOf(FileKey key) {
        switch (index.ownerOf(IndexKeys.of(key))) {
            case StoreView.Owner.Here<Bytes, byte[]> here -> {
                byte[] stored = here.store().get(IndexKeys.of(key));
                return stored == null ? FileIndexEntry.empty(key) : decoded(stored);
            }
            case StoreView.Owner.There<Bytes, byte[]> there -> {
                PeerClient.Answer answer =
                        peers.get(there.endpoint(), FileIndexQuery.FILES, Map.of("key", List.of(key.toString())));
                if (answer.status() == 200) {
                    return IndexJson.readEntry(answer.body());
                }
                if (answer.body().path("absent").asBoolean()) {
                    return FileIndexEntry.empty(key);
                }
                // Some other server's 404: what is written as if the file were new would be listed as a conflict.
                throw new NotQueryableException("there is no file index at " + there.endpoint()
                        + ", which holds a part of it; check that its advertised-host is right");
            }
        }
    }

    private FileIndexEntry decoded(byte[] stored) {
        return entries.deserialize(Topics.FILE_INDEX.name(), StoredEntry.encodedEntry(stored));
    }

    private static void add(
            Map<String, Map<Integer, BucketDigest>> sums, String tenant, int bucket, BucketDigest digest) {
        sums.computeIfAbsent(tenant, t -> new TreeMap<>()).merge(bucket, digest, BucketDigest::plus);
    }

    Answer locations(Parameters parameters, JsonNode question) {
        JsonNode list = question.path("hashes");
        if (!list.isArray() || list.size() > MAX_HASHES) {
            throw new IllegalArgumentException("the body has " + (list.isArray() ? list.size() : "no array of")
                    + " hashes; expected {\"hashes\":[\"<64 hexadecimal digits>\",...]} with at most " + MAX_HASHES);
        }
        Set<String> missing = new LinkedHashSet<>();
        list.forEach(hash -> missing.add(Sha256.parse(hash.asText()).hex()));
        ObjectNode body = JSON.createObjectNode();
        ObjectNode found = body.putObject("locations");
        List<URI> others = others(locations, parameters);
        List<ReadOnlyKeyValueStore<Bytes, byte[]>> partitions = locations.local();
        missing.removeIf(hash -> {
            Bytes key = Bytes.wrap(Sha256.parse(hash).bytes());
            for (ReadOnlyKeyValueStore<Bytes, byte[]> partition : partitions) {
                byte[] place = partition.get(key);
                if (place != null) {
                    found.set(hash, IndexJson.write(places.deserialize(Topics.CONTENT_LOCATIONS.name(), place)));
                    return true;
                }
            }
            return false;
        });
        for (URI other : others) {
            if (!missing.isEmpty()) {
                ObjectNode rest = JSON.createObjectNode();
                ArrayNode hashes = rest.putArray("hashes");
                missing.forEach(hashes::add);
                peers.post(other, FileIndexQuery.LOCATIONS, rest)
                        .body()
                        .path("locations")
                        .properties()
                        .forEach(location -> {
                            found.set(location.getKey(), location.getValue());
                            missing.remove(location.getKey());
                        });
            }
        }
        return Answer.ok(body);
    }

    private static List<URI> others(StoreView<?, ?> store, Parameters parameters) {
        return parameters.flag(Parameters.LOCAL) ? List.of() : store.others();
    }

    private ObjectNode entry(byte[] stored) {
        return IndexJson.write(decoded(stored));
    }

    private static byte[] pathBytes(JsonNode entry) {
        return entry.path("path").asText().getBytes(StandardCharsets.UTF_8);
    }
}
