package io.tftpdc.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tftpdc.client.CatalogUnavailableException;
import io.tftpdc.client.FileCatalog;
import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.RejectedRecord;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileRevision;
import io.tftpdc.registry.EmbeddedRegistry;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.TopicCreator;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaRegistryClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The streams process against a real broker and registry. Each test starts and stops processes of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamsProcessorsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private static Path directory;

    private TestSite site;
    private EmbeddedRegistry registry;
    private SchemaRegistryClient ids;
    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    void open() throws Exception {
        site = new TestSite(directory.resolve("kafka"));
        registry = EmbeddedRegistry.start(site.kafka().bootstrapServers(), 0);
        ids = SchemaRegistryClient.connect(registry.url());
    }

    @AfterAll
    void close() {
        ids.close();
        registry.close();
        site.close();
        http.close();
    }

    @Test
    void aRecordOfAPlainProducerIsInTheIndexAtOnceAndItsChunksCanBeFetched() throws Exception {
        byte[] bytes = new byte[1_300_000];
        new Random(1).nextBytes(bytes);
        try (StreamsProcessors processors = start("first");
                FileCatalog catalog = catalog(processors)) {
            site.publish(
                    "images/big.bin",
                    bytes,
                    "label.model",
                    "x9300",
                    "sha256",
                    Sha256.of(bytes).hex());

            FileRevision.Published current = awaitCurrent(catalog, "images/big.bin", Sha256.of(bytes));
            assertThat(current.labels()).containsEntry("model", "x9300");
            assertThat(fetch(catalog, current.content())).isEqualTo(bytes);

            byte[] part = Arrays.copyOf(bytes, 1000);
            site.publish("parts/p", part, "upload-id", "u", "part", "1", "parts", "2");
            site.publish("parts/p", part, "upload-id", "u", "part", "2", "parts", "2");
            awaitCurrent(catalog, "parts/p", Sha256.of(twice(part)));

            site.publish("parts/p", null);
            TestSite.await("the removal", PATIENCE, () -> entry(catalog, "parts/p")
                    .current()
                    .isEmpty());
            assertThat(catalog.list(Tenant.DEFAULT, "parts/", "", 10, false).entries())
                    .isEmpty();
            assertThat(catalog.list(Tenant.DEFAULT, "parts/", "", 10, true).entries())
                    .hasSize(1);

            site.publishText("../escape", "x");
            assertThat(awaitRejection()).contains("could leave the tenant");
            assertThat(scrape(processors))
                    .contains("tftpdc_intake_rejected_total{")
                    .contains("reason=\"bad-path\"");
            assertThat(get(processors, "/health/live").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void thirtyTwoMebibytesInOneRecordAreAFileToo() throws Exception {
        byte[] bytes = new byte[32 << 20];
        new Random(2).nextBytes(bytes);
        try (StreamsProcessors processors = start("large");
                FileCatalog catalog = catalog(processors)) {
            long began = System.nanoTime();
            site.publish("images/32m.bin", bytes);
            FileRevision.Published current = awaitCurrent(catalog, "images/32m.bin", Sha256.of(bytes));
            System.out.printf("32 MiB in one record: indexed after %d ms%n", (System.nanoTime() - began) / 1_000_000);
            assertThat(current.content().chunkCount()).isEqualTo(64);
        }
    }

    /** What the edges follow, the index and the places of chunks, takes in a site that was not there at the start. */
    @Test
    void aPeerThatComesWhileAllRunsIsInTheIndexAndItsChunksAreFoundWithoutARestart() throws Exception {
        SiteName peer = new SiteName("latecomer");
        byte[] chunk = "from afar".getBytes(UTF_8);
        Sha256 hash = Sha256.of(chunk);
        FileEvent event = new FileEvent.FilePublished(
                new EventEnvelope(new EventId(new UUID(7, 7)), peer, HybridTime.of(42, 0), "user:anna"),
                FileKey.of("default", "boot/from-afar"),
                new FileContent(hash, chunk.length, chunk.length, new FileContent.Inline(List.of(hash))),
                "",
                Map.of());
        try (StreamsProcessors processors = start("peers");
                FileCatalog catalog = catalog(processors);
                KafkaConsumer<FileKey, FileIndexEntry> index = site.reader(Topics.FILE_INDEX, ids, false)) {
            awaitReady(processors);

            // when the mirror of this site has got a new peer
            try (Admin admin = Admin.create(
                            Map.of("bootstrap.servers", site.kafka().bootstrapServers()));
                    Producer<byte[], byte[]> mirror = new KafkaProducer<>(
                            Map.of("bootstrap.servers", site.kafka().bootstrapServers()),
                            new ByteArraySerializer(),
                            new ByteArraySerializer())) {
                Topic<Sha256, byte[]> content = Topics.CONTENT.mirroredFrom(peer);
                Topic<FileKey, FileEvent> events = Topics.FILE_EVENTS.mirroredFrom(peer);
                new TopicCreator(admin, (short) 1).ensure(List.of(content, events));
                mirror.send(new ProducerRecord<>(content.name(), hash.bytes(), chunk))
                        .get();
                mirror.send(new ProducerRecord<>(
                                events.name(),
                                events.keySerde(ids).serializer().serialize(events.name(), event.key()),
                                events.valueSerde(ids).serializer().serialize(events.name(), event)))
                        .get();
            }

            // then
            assertThat(fetch(
                            catalog,
                            awaitCurrent(catalog, "boot/from-afar", hash).content()))
                    .isEqualTo(chunk);
            awaitIndexed(index, Set.of(event.key().toString()));
        }
    }

    @Test
    void aRestartResumesFromLocalStateAndALostStateDirectoryRebuildsTheSameDigest() throws Exception {
        String digest;
        try (StreamsProcessors processors = start("restart");
                FileCatalog catalog = catalog(processors)) {
            for (int i = 0; i < 50; i++) {
                site.publishText("restart/" + i, "version 1 of " + i);
            }
            awaitCurrent(catalog, "restart/49", Sha256.of("version 1 of 49".getBytes(UTF_8)));
            TestSite.await("all", PATIENCE, () -> list(catalog, "restart/") == 50);
            digest = digests(processors);
        }

        long began = System.nanoTime();
        try (StreamsProcessors processors = start("restart")) {
            System.out.printf("Restart on local state: ready after %d ms%n", (System.nanoTime() - began) / 1_000_000);
            assertThat(digests(processors)).isEqualTo(digest);
            assertThat(scrape(processors))
                    .as("nothing is processed again")
                    .containsPattern("tftpdc_index_events_total\\{[^}]*outcome=\"applied\"[^}]*} 0\\.0");
        }

        delete(directory.resolve("restart"));
        began = System.nanoTime();
        try (StreamsProcessors processors = start("restart")) {
            System.out.printf("Start on no state: ready after %d ms%n", (System.nanoTime() - began) / 1_000_000);
            assertThat(digests(processors)).isEqualTo(digest);
        }
    }

    @Test
    void twoProcessesShareTheIndexAndAnswerForEachOther() throws Exception {
        StreamsProcessors first = start("share-1");
        try (StreamsProcessors second = start("share-2")) {
            Set<String> paths = new HashSet<>();
            try (FileCatalog one = catalog(first);
                    FileCatalog two = catalog(second)) {
                for (int i = 0; i < 40; i++) {
                    site.publishText("share/" + i, "text " + i);
                    paths.add("share/" + i);
                }
                TestSite.await("both", PATIENCE, () -> list(one, "share/") == 40 && list(two, "share/") == 40);

                assertThat(local(first) + local(second))
                        .as("files that each holds itself")
                        .isEqualTo(40)
                        .isNotIn(local(first), local(second));
                for (FileCatalog catalog : List.of(one, two)) {
                    assertThat(listAllInPages(catalog, "share/"))
                            .containsExactlyElementsOf(paths.stream().sorted().toList());
                    for (String path : paths) {
                        assertThat(entry(catalog, path).current()).isPresent();
                    }
                }
                assertThat(digests(first)).isEqualTo(digests(second));
                Sha256 hash = Sha256.of("text 7".getBytes(UTF_8));
                TestSite.await(
                        "location",
                        PATIENCE,
                        () -> locate(one, hash).equals(locate(two, hash))
                                && locate(one, hash).containsKey(hash));

                String digest = digests(second);
                long began = System.nanoTime();
                first.close();
                TestSite.await("the other to take over", PATIENCE, () -> list(two, "share/") == 40);
                System.out.printf("Other process took over after %d ms%n", (System.nanoTime() - began) / 1_000_000);
                assertThat(digests(second)).isEqualTo(digest);
            }
        } finally {
            first.close();
        }
    }

    @Test
    @Tag("measures")
    void smallPublishesAreInTheIndexFast() throws Exception {
        List<Long> lone = new ArrayList<>();
        List<Long> steady = new ArrayList<>();
        try (StreamsProcessors processors = start("latency");
                KafkaConsumer<FileKey, FileIndexEntry> reader = site.reader(Topics.FILE_INDEX, ids, false)) {
            assertThat(processors.port()).isPositive();
            for (int i = 0; i < 330; i++) {
                long began = System.nanoTime();
                site.publishText("latency/" + i, "text " + i);
                awaitIndexed(reader, Set.of("default/latency/" + i));
                if (i >= 30) {
                    lone.add(System.nanoTime() - began);
                }
            }
            for (int i = 0; i < 30; i++) {
                Set<String> burst = new HashSet<>();
                long began = System.nanoTime();
                for (int j = 0; j < 20; j++) {
                    site.publishText("burst/" + i + "/" + j, "text");
                    burst.add("default/burst/" + i + "/" + j);
                }
                awaitIndexed(reader, burst);
                steady.add(System.nanoTime() - began);
            }
        }
        System.out.printf(
                "Produced to tftp.file-index, one at a time: p50 %d ms, p99 %d ms; 20 in a row: p50 %d ms, p99 %d ms%n",
                percentile(lone, 50), percentile(lone, 99), percentile(steady, 50), percentile(steady, 99));
        assertThat(percentile(lone, 50)).isLessThan(250);
    }

    @Test
    void withoutKafkaTheStartFailsAndSaysWhatToDo() {
        ProcessorsConfig config = new ProcessorsConfigs(site, directory).withoutKafka();

        assertThatThrownBy(() -> StreamsProcessors.start(config, ids))
                .isInstanceOf(KafkaException.class)
                .hasMessageContaining("did not answer for 1 s; start it, or correct kafka.bootstrap-servers");
    }

    @Test
    void whileTheIndexStartsQuestionsAreRefusedAndTheProcessIsNotReady() throws Exception {
        try (StreamsProcessors processors =
                StreamsProcessors.start(new ProcessorsConfigs(site, directory).of("starting"), ids)) {
            HttpResponse<String> ready = get(processors, "/health/ready");
            HttpResponse<String> list = get(processors, "/query/v1/list?tenant=default");
            if (ready.statusCode() == 503) {
                assertThat(ready.body()).contains("\"status\":\"down\"");
            }
            assertThat(list.statusCode()).isIn(200, 503);
            assertThat(list.body()).containsAnyOf("\"message\"", "\"entries\"");
            awaitReady(processors);
            assertThat(get(processors, "/query/v1/list?tenant=default").statusCode())
                    .isEqualTo(200);
            assertThat(get(processors, "/query/v1/list?tenant=NO").statusCode()).isEqualTo(400);
            assertThat(get(processors, "/query/v1/list?tenant=default&limit=0").body())
                    .contains("expected a number from 1 to 1000");
            assertThat(get(processors, "/query/v1/files?key=default/none").statusCode())
                    .isEqualTo(404);
            assertThat(get(processors, "/query/v1/files").statusCode()).isEqualTo(400);
            assertThat(get(processors, "/query/v1/locations").statusCode()).isEqualTo(405);
        }
    }

    private StreamsProcessors start(String node) throws Exception {
        long began = System.nanoTime();
        StreamsProcessors processors = StreamsProcessors.start(new ProcessorsConfigs(site, directory).of(node), ids);
        long started = System.nanoTime();
        awaitReady(processors);
        System.out.printf(
                "%s: started in %d ms, ready %d ms later%n",
                node, (started - began) / 1_000_000, (System.nanoTime() - started) / 1_000_000);
        return processors;
    }

    private void awaitReady(StreamsProcessors processors) throws InterruptedException {
        TestSite.await("readiness", PATIENCE, () -> processors.health().ready().up());
    }

    private static FileCatalog catalog(StreamsProcessors processors) {
        return new FileCatalog(uri(processors, ""));
    }

    private static URI uri(StreamsProcessors processors, String path) {
        return URI.create("http://127.0.0.1:" + processors.port() + path);
    }

    private HttpResponse<String> get(StreamsProcessors processors, String path)
            throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri(processors, path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private String scrape(StreamsProcessors processors) throws IOException, InterruptedException {
        return get(processors, "/metrics").body();
    }

    private static FileRevision.Published awaitCurrent(FileCatalog catalog, String path, Sha256 hash)
            throws InterruptedException {
        TestSite.await(path, PATIENCE, () -> entry(catalog, path)
                .current()
                .filter(current -> current.content().hash().equals(hash))
                .isPresent());
        return entry(catalog, path).current().orElseThrow();
    }

    private static FileIndexEntry entry(FileCatalog catalog, String path) {
        FileKey key = FileKey.of("default", path);
        try {
            return catalog.entry(key);
        } catch (CatalogUnavailableException e) {
            return FileIndexEntry.empty(key);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static long list(FileCatalog catalog, String prefix) {
        try {
            return catalog.list(Tenant.DEFAULT, prefix, "", 1000, false)
                    .entries()
                    .size();
        } catch (CatalogUnavailableException e) {
            return -1;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> listAllInPages(FileCatalog catalog, String prefix) throws IOException {
        List<String> paths = new ArrayList<>();
        String after = "";
        while (true) {
            FileCatalog.Page page = catalog.list(Tenant.DEFAULT, prefix, after, 7, false);
            page.entries().forEach(entry -> paths.add(entry.key().path().value()));
            if (page.next().isEmpty()) {
                return paths;
            }
            after = page.next().get();
        }
    }

    private static Map<Sha256, ContentLocation> locate(FileCatalog catalog, Sha256 hash) {
        try {
            return catalog.locate(List.of(hash));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private long local(StreamsProcessors processors) throws IOException, InterruptedException {
        String body = get(processors, "/query/v1/list?tenant=default&prefix=share/&limit=1000&local=true")
                .body();
        return body.split("\"revisions\"", -1).length - 1L;
    }

    private String digests(StreamsProcessors processors) throws IOException, InterruptedException {
        HttpResponse<String> response = get(processors, "/query/v1/digests");
        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode tenant =
                new ObjectMapper().readTree(response.body()).path("tenants").path("default");
        assertThat(tenant.path("files").asLong()).isPositive();
        assertThat(tenant.path("digest").asText()).hasSize(64);
        return response.body();
    }

    private byte[] fetch(FileCatalog catalog, FileContent content) throws Exception {
        List<Sha256> hashes = ((FileContent.Inline) content.chunks()).hashes();
        TestSite.await("locations", PATIENCE, () -> {
            try {
                return catalog.locate(hashes).size() == hashes.size();
            } catch (IOException e) {
                return false;
            }
        });
        Map<Sha256, ContentLocation> places = catalog.locate(hashes);
        byte[] bytes = new byte[(int) content.size()];
        int at = 0;
        try (KafkaConsumer<Sha256, byte[]> reader = site.reader(Topics.CONTENT, ids, true)) {
            for (Sha256 hash : hashes) {
                ContentLocation place = Objects.requireNonNull(places.get(hash));
                TopicPartition partition = new TopicPartition(place.topic(), place.partition());
                reader.assign(List.of(partition));
                reader.seek(partition, place.offset());
                ConsumerRecord<Sha256, byte[]> record =
                        reader.poll(PATIENCE).iterator().next();
                assertThat(record.key()).isEqualTo(hash);
                assertThat(record.value()).hasSize(place.size());
                System.arraycopy(record.value(), 0, bytes, at, record.value().length);
                at += record.value().length;
            }
        }
        return bytes;
    }

    private String awaitRejection() {
        try (KafkaConsumer<byte[], RejectedRecord> reader = site.reader(Topics.REJECTED, ids, true)) {
            return reader.poll(PATIENCE).iterator().next().value().reason();
        }
    }

    private static void awaitIndexed(KafkaConsumer<FileKey, FileIndexEntry> reader, Set<String> keys) {
        Set<String> missing = new HashSet<>(keys);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!missing.isEmpty()) {
            assertThat(System.nanoTime()).as("waiting for %s", missing).isLessThan(deadline);
            reader.poll(Duration.ofMillis(100))
                    .forEach(record -> missing.remove(record.key().toString()));
        }
    }

    private static long percentile(List<Long> nanos, int percent) {
        List<Long> sorted = nanos.stream().sorted().toList();
        return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100)) / 1_000_000;
    }

    private static byte[] twice(byte[] bytes) {
        byte[] twice = Arrays.copyOf(bytes, 2 * bytes.length);
        System.arraycopy(bytes, 0, twice, bytes.length, bytes.length);
        return twice;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Configurations of processes of the test's site. */
    private record ProcessorsConfigs(TestSite site, Path directory) {
        ProcessorsConfig of(String node) {
            return ProcessorsConfig.of(
                            "dc1",
                            site.kafka().bootstrapServers(),
                            0,
                            URI.create("http://unused"),
                            directory.resolve(node))
                    .withNode(node, directory.resolve(node));
        }

        ProcessorsConfig withoutKafka() {
            ProcessorsConfig config = of("nowhere");
            return new ProcessorsConfig(
                    config.site(),
                    config.node(),
                    config.host(),
                    config.port(),
                    config.advertisedHost(),
                    new ProcessorsConfig.Kafka("127.0.0.1:1", -1, Duration.ofSeconds(1), Map.of()),
                    config.registryUrl(),
                    config.stateDirectory(),
                    config.storeMemory(),
                    config.threads(),
                    config.allowedClockSkew(),
                    config.intake(),
                    config.repair(),
                    config.tenants());
        }
    }
}
