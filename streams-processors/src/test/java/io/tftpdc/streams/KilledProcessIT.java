package io.tftpdc.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tftpdc.client.FileCatalog;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.Sha256;
import io.tftpdc.registry.EmbeddedRegistry;
import io.tftpdc.runtime.FreePort;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaRegistryClient;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program itself, started from its YAML file in a JVM of its own and killed while it works. */
class KilledProcessIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int KILLS = 2;
    private static final int BURST_PATHS = 100;

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void whatWasAcknowledgedIsInTheIndexAfterKillsAndTheDigestIsThatOfARebuild() throws Exception {
        try (TestSite site = new TestSite(directory.resolve("kafka"));
                EmbeddedRegistry registry = EmbeddedRegistry.start(site.kafka().bootstrapServers(), 0)) {
            Program program = new Program(site, registry.url(), "state");
            program.start();
            Publisher publisher = new Publisher(site);
            publisher.start();
            for (int i = 0; i < KILLS; i++) {
                int before = publisher.acknowledged.size();
                TestSite.await("publishes", PATIENCE, () -> publisher.acknowledged.size() > before + 30);
                program.kill();
                program.start();
            }
            Map<String, String> acknowledged = publisher.finish();

            program.awaitFiles(acknowledged.size());
            try (FileCatalog catalog = new FileCatalog(program.uri(""))) {
                for (Map.Entry<String, String> file : acknowledged.entrySet()) {
                    assertThat(catalog.entry(FileKey.of("default", file.getKey()))
                                    .current()
                                    .orElseThrow()
                                    .content()
                                    .hash())
                            .isEqualTo(Sha256.of(file.getValue().getBytes(UTF_8)));
                }
            }
            String digest = program.digests();
            program.kill();

            Program rebuilt = new Program(site, registry.url(), "another");
            rebuilt.start();
            assertThat(rebuilt.digests()).isEqualTo(digest);
            rebuilt.kill();
        }
    }

    @Test
    void aBurstThatKillsCutIsPublishedWholeOnceAndInTheOrderOfEachPath() throws Exception {
        try (TestSite site = new TestSite(directory.resolve("kafka"));
                EmbeddedRegistry registry = EmbeddedRegistry.start(site.kafka().bootstrapServers(), 0);
                SchemaRegistryClient ids = new SchemaRegistryClient(SchemaRegistryClient.Settings.of(registry.url()))) {
            Program program = new Program(site, registry.url(), "state");
            program.start();
            Burst burst = new Burst(site);
            burst.start();
            Map<FileKey, List<FileEvent.FilePublished>> events = new HashMap<>();
            Set<Sha256> chunks = new HashSet<>();
            int sent;
            try (KafkaConsumer<FileKey, FileEvent> published = site.reader(Topics.FILE_EVENTS, ids, true);
                    KafkaConsumer<Sha256, byte[]> content = site.reader(Topics.CONTENT, ids, true)) {
                Runnable look = () -> TestSite.drain(published, record -> {
                    FileEvent.FilePublished event = (FileEvent.FilePublished) record.value();
                    events.computeIfAbsent(event.key(), key -> new ArrayList<>())
                            .add(event);
                    burst.seen.incrementAndGet();
                });
                for (int i = 1; i <= KILLS; i++) {
                    int some = i * Burst.AHEAD;
                    TestSite.await(some + " events of the burst", PATIENCE, () -> {
                        look.run();
                        return burst.seen.get() >= some;
                    });
                    program.kill();
                    program.start();
                }
                sent = burst.finish();
                TestSite.await("all events of the burst", PATIENCE, () -> {
                    look.run();
                    return burst.seen.get() >= sent;
                });
                program.awaitFiles(BURST_PATHS);
                look.run();
                TestSite.drain(content, chunk -> chunks.add(chunk.key()));
                program.kill();
            }
            assertThat(events).hasSize(BURST_PATHS);
            for (int path = 0; path < BURST_PATHS; path++) {
                List<FileEvent.FilePublished> ofPath = events.get(FileKey.of("default", "burst/" + path));
                List<Sha256> expected = new ArrayList<>();
                for (int i = path; i < sent; i += BURST_PATHS) {
                    expected.add(Sha256.of(text(i).getBytes(UTF_8)));
                }
                assertThat(ofPath)
                        .extracting(event -> event.content().hash())
                        .as("versions of burst/%d in the order of their events", path)
                        .containsExactlyElementsOf(expected);
                assertThat(ofPath)
                        .extracting(FileEvent::stamp)
                        .as("stamps of burst/%d", path)
                        .isSorted()
                        .doesNotHaveDuplicates();
                assertThat(chunks).as("content of burst/%d", path).containsAll(expected);
            }
        }
    }

    private static String text(int number) {
        return "record " + number + " of the burst";
    }

    /** Sends without waiting, always some records ahead of the events that were seen, until told to stop. */
    private static final class Burst extends Thread {
        static final int AHEAD = 3000;

        private final TestSite site;
        private final AtomicInteger seen = new AtomicInteger();
        private final AtomicBoolean stop = new AtomicBoolean();
        private final List<Future<RecordMetadata>> sent = new ArrayList<>();

        Burst(TestSite site) {
            super("burst");
            this.site = site;
            setDaemon(true);
        }

        @Override
        public void run() {
            while (!stop.get()) {
                if (sent.size() - seen.get() < AHEAD) {
                    int next = sent.size();
                    sent.add(site.send("burst/" + next % BURST_PATHS, text(next).getBytes(UTF_8)));
                } else {
                    LockSupport.parkNanos(1_000_000);
                }
            }
        }

        /** How many records the broker has. */
        int finish() throws Exception {
            stop.set(true);
            join();
            for (Future<RecordMetadata> record : sent) {
                record.get();
            }
            return sent.size();
        }
    }

    /** Publishes small files one after another until told to stop; each path once. */
    private static final class Publisher extends Thread {
        private final TestSite site;
        private final Map<String, String> acknowledged = new ConcurrentHashMap<>();
        private final AtomicBoolean stop = new AtomicBoolean();

        Publisher(TestSite site) {
            super("publisher");
            this.site = site;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                for (int i = 0; !stop.get() && i < 5000; i++) {
                    site.publishText("f/" + i, "text of " + i);
                    acknowledged.put("f/" + i, "text of " + i);
                    Thread.sleep(10);
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        Map<String, String> finish() throws InterruptedException {
            stop.set(true);
            join();
            return new TreeMap<>(acknowledged);
        }
    }

    private final class Program {
        private final Path yaml;
        private final int port;
        private @Nullable Process process;

        Program(TestSite site, String registryUrl, String state) throws IOException {
            port = FreePort.on("127.0.0.1");
            yaml = directory.resolve(state + ".yaml");
            Files.writeString(yaml, """
                    site: dc1
                    port: %d
                    registry-url: %s
                    state-directory: %s
                    kafka:
                      bootstrap-servers: %s
                    """.formatted(
                    port, registryUrl, directory.resolve(state), site.kafka().bootstrapServers()));
        }

        void start() throws IOException, InterruptedException {
            long began = System.nanoTime();
            process = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx256m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", "")),
                            StreamsProcessors.class.getName(),
                            yaml.toString()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(new File(yaml + ".log")))
                    .start();
            TestSite.await("readiness; see " + yaml + ".log", PATIENCE, () -> status("/health/ready") == 200);
            System.out.printf("Program ready after %d ms%n", (System.nanoTime() - began) / 1_000_000);
        }

        void kill() throws InterruptedException {
            Process running = Objects.requireNonNull(process);
            running.destroyForcibly();
            assertThat(running.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }

        void awaitFiles(long files) throws InterruptedException {
            TestSite.await(files + " files", PATIENCE, () -> {
                try {
                    return status("/query/v1/digests") == 200
                            && new ObjectMapper()
                                            .readTree(digests())
                                            .path("tenants")
                                            .path("default")
                                            .path("files")
                                            .asLong()
                                    == files;
                } catch (IOException | InterruptedException e) {
                    return false;
                }
            });
        }

        String digests() throws IOException, InterruptedException {
            return get("/query/v1/digests").body();
        }

        int status(String path) {
            try {
                return get(path).statusCode();
            } catch (IOException | InterruptedException e) {
                return 0;
            }
        }

        URI uri(String path) {
            return URI.create("http://127.0.0.1:" + port + path);
        }

        private HttpResponse<String> get(String path) throws IOException, InterruptedException {
            return http.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
        }
    }
}
