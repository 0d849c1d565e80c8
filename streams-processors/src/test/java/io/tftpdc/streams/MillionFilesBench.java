package io.tftpdc.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tftpdc.client.FileCatalog;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.topic.TopicCreator;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.DerivedSchemaIds;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Measures an index of many files; run by hand: {@code MillionFilesBench [files]}, on a directory of its own below
 * {@code target}. Not a test.
 */
final class MillionFilesBench {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private MillionFilesBench() {}

    public static void main(String[] arguments) throws Exception {
        int files = arguments.length == 0 ? 1_000_000 : Integer.parseInt(arguments[0]);
        Path directory = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "bench");
        DerivedSchemaIds ids = new DerivedSchemaIds();
        try (TestSite site = new TestSite(directory.resolve("kafka"))) {
            produce(site, ids, files);
            ProcessorsConfig config = ProcessorsConfig.of(
                            "dc1",
                            site.kafka().bootstrapServers(),
                            0,
                            URI.create("http://unused"),
                            directory.resolve("state"))
                    .withNode("s1", directory.resolve("state"));
            for (String round : List.of("build", "restart")) {
                long began = System.nanoTime();
                try (StreamsProcessors processors = StreamsProcessors.start(config, ids)) {
                    TestSite.await(
                            "readiness",
                            PATIENCE,
                            () -> processors.health().ready().up());
                    System.out.printf(
                            "%s of %d files: ready after %d ms, process CPU so far %s%n",
                            round, files, since(began), cpu());
                    look(processors, files);
                }
                System.out.printf("closed; %s in all%n", since(began));
            }
            ProcessorsConfig fresh = config.withNode("s1", directory.resolve("fresh"));
            long began = System.nanoTime();
            try (StreamsProcessors processors = StreamsProcessors.start(fresh, ids)) {
                TestSite.await(
                        "readiness", PATIENCE, () -> processors.health().ready().up());
                System.out.printf("state lost: ready after %d ms%n", since(began));
            }
        }
    }

    private static void produce(TestSite site, DerivedSchemaIds ids, int files) {
        Map<String, Object> settings = Map.of("bootstrap.servers", site.kafka().bootstrapServers(), "linger.ms", 20);
        try (Admin admin = Admin.create(settings)) {
            new TopicCreator(admin, (short) -1).ensure(Topics.all());
        }
        long began = System.nanoTime();
        try (KafkaProducer<FileKey, FileEvent> producer = new KafkaProducer<>(
                settings,
                Topics.FILE_EVENTS.keySerde(ids).serializer(),
                Topics.FILE_EVENTS.valueSerde(ids).serializer())) {
            for (int i = 0; i < files; i++) {
                FileEvent event = event(i);
                Future<RecordMetadata> unused =
                        producer.send(new ProducerRecord<>(Topics.FILE_EVENTS.name(), event.key(), event));
            }
        }
        System.out.printf("%d events produced in %d ms, process CPU so far %s%n", files, since(began), cpu());
    }

    private static FileEvent event(int i) {
        Sha256 hash = Sha256.of(("file " + i).getBytes(UTF_8));
        return new FileEvent.FilePublished(
                new EventEnvelope(
                        new EventId(new UUID(i, i)), new SiteName("dc1"), HybridTime.of(1000 + i, 0), "user:anna"),
                key(i),
                new FileContent(hash, 1000, FileContent.CHUNK_SIZE, new FileContent.Inline(List.of(hash))),
                "application/octet-stream",
                Map.of("model", "x9300"));
    }

    private static FileKey key(int i) {
        return FileKey.of("default", "rack-" + i / 1000 + "/device-" + i + "/startup.cfg");
    }

    private static void look(StreamsProcessors processors, int files) throws IOException {
        try (FileCatalog catalog = new FileCatalog(URI.create("http://127.0.0.1:" + processors.port()))) {
            Random random = new Random(1);
            long[] nanos = new long[5000];
            for (int i = 0; i < nanos.length; i++) {
                long began = System.nanoTime();
                if (catalog.entry(key(random.nextInt(files))).current().isEmpty()) {
                    throw new IllegalStateException("a file is missing");
                }
                nanos[i] = System.nanoTime() - began;
            }
            Arrays.sort(nanos, 1000, nanos.length);
            System.out.printf(
                    "lookup over HTTP: p50 %d us, p99 %d us%n",
                    nanos[(nanos.length + 1000) / 2] / 1000, nanos[nanos.length - 40] / 1000);
            long began = System.nanoTime();
            int listed = catalog.list(Tenant.DEFAULT, "rack-7/", "", 1000, false)
                    .entries()
                    .size();
            System.out.printf("page of %d: %d ms%n", listed, since(began));
            began = System.nanoTime();
            long found = catalog.digests(Tenant.DEFAULT)
                    .path("tenants")
                    .path("default")
                    .path("files")
                    .asLong();
            System.out.printf("digest of %d files: %d ms%n", found, since(began));
        }
        System.out.println(memory());
    }

    private static String memory() throws IOException {
        Runtime.getRuntime().gc();
        long heap = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        String resident = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .findFirst()
                .orElse("");
        return "heap in use " + (heap >> 20) + " MiB (with the broker), " + resident;
    }

    private static Duration cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static long since(long began) {
        return (System.nanoTime() - began) / 1_000_000;
    }
}
