package io.tftpdc.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tftpdc.client.IndexJson;
import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.Sha256;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileIndexFold;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaIds;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The query endpoint over an index folded in memory: the streams processors in a page, for tests of the admin API. */
final class FakeIndex implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    final ConcurrentSkipListMap<FileKey, FileIndexEntry> entries = new ConcurrentSkipListMap<>();
    private final Map<Sha256, ContentLocation> locations = new ConcurrentHashMap<>();
    private final HttpServer server;
    private final Thread reader;
    private volatile boolean closed;
    volatile boolean stalled;

    FakeIndex(String bootstrapServers, SchemaIds ids) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newFixedThreadPool(4));
        server.createContext("/query/v1/files", this::file);
        server.createContext("/query/v1/list", this::list);
        server.createContext("/query/v1/locations", this::locations);
        server.start();
        reader = Thread.ofPlatform().daemon().start(() -> read(bootstrapServers, ids));
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        reader.join();
        server.stop(0);
    }

    private void read(String bootstrapServers, SchemaIds ids) {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrapServers, "fetch.max.wait.ms", 20);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(IntStream.range(0, Topics.PARTITIONS)
                    .boxed()
                    .flatMap(p -> List.of(Topics.CONTENT.name(), Topics.FILE_EVENTS.name()).stream()
                            .map(topic -> new TopicPartition(topic, p)))
                    .toList());
            consumer.seekToBeginning(consumer.assignment());
            while (!closed) {
                if (stalled) {
                    Thread.onSpinWait();
                    continue;
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
                    if (record.topic().equals(Topics.CONTENT.name())) {
                        locations.put(
                                Sha256.ofDigest(record.key()),
                                new ContentLocation(
                                        record.topic(), record.partition(), record.offset(), record.value().length));
                    } else {
                        FileEvent event = Topics.FILE_EVENTS
                                .valueSerde(ids)
                                .deserializer()
                                .deserialize(record.topic(), record.value());
                        entries.compute(
                                event.key(),
                                (key, known) ->
                                        FileIndexFold.apply(known == null ? FileIndexEntry.empty(key) : known, event));
                    }
                }
            }
        }
    }

    private void file(HttpExchange exchange) throws IOException {
        FileIndexEntry entry = entries.get(FileKey.parse(query(exchange, "key")));
        if (entry == null) {
            respond(exchange, 404, "{}");
        } else {
            respond(exchange, 200, IndexJson.write(entry).toString());
        }
    }

    private void list(HttpExchange exchange) throws IOException {
        int limit = Integer.parseInt(query(exchange, "limit"));
        List<FileIndexEntry> found = new ArrayList<>();
        for (FileIndexEntry entry : entries.values()) {
            if (entry.key().tenant().value().equals(query(exchange, "tenant"))
                    && entry.key().path().value().startsWith(query(exchange, "prefix"))
                    && entry.key().path().value().compareTo(query(exchange, "after")) > 0
                    && entry.current().isPresent()) {
                found.add(entry);
            }
        }
        ObjectNode page = JSON.createObjectNode();
        ArrayNode list = page.putArray("entries");
        found.stream().limit(limit).forEach(entry -> list.add(IndexJson.write(entry)));
        if (found.size() > limit) {
            page.put("next", found.get(limit - 1).key().path().value());
        } else {
            page.putNull("next");
        }
        respond(exchange, 200, page.toString());
    }

    private void locations(HttpExchange exchange) throws IOException {
        JsonNode question = JSON.readTree(exchange.getRequestBody());
        ObjectNode answer = JSON.createObjectNode();
        ObjectNode found = answer.putObject("locations");
        question.path("hashes").forEach(hash -> {
            ContentLocation location = locations.get(Sha256.parse(hash.asText()));
            if (location != null) {
                found.set(hash.asText(), IndexJson.write(location));
            }
        });
        respond(exchange, 200, answer.toString());
    }

    private static String query(HttpExchange exchange, String name) {
        Map<String, String> parameters = new HashMap<>();
        for (String pair : exchange.getRequestURI().getRawQuery().split("&", -1)) {
            int equals = pair.indexOf('=');
            parameters.put(
                    pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return parameters.getOrDefault(name, "");
    }

    private static void respond(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
