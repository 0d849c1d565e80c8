package io.tftpdc.edge.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.edge.testing.TestSite;
import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.EventId;
import io.tftpdc.event.EventStamp;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileRevision;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.DerivedSchemaIds;
import io.tftpdc.wire.RememberedSchemaIds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Builds the index of a million files, looks files up, and starts again; prints what it took. No part of the build: its
 * name fits no pattern. Run it from the top directory with
 *
 * <pre>
 * ./mvnw -pl edge-node/server -am verify -Dtest=none -Dit.test=IndexBenchmark \
 *     -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false
 * </pre>
 *
 * <p>Each file is one index entry with one revision and one chunk, and one content location. The node's part runs in a
 * process of its own with a heap of 256 MiB, so that the memory it reports is the index's alone.
 */
class IndexBenchmark {
    private static final int FILES = Integer.getInteger("files", 1_000_000);
    private static final int LOOKUPS = 200_000;

    @TempDir
    private Path directory;

    @Test
    void millionFiles() throws Exception {
        try (TestSite site = new TestSite(directory.resolve("kafka"))) {
            long start = System.nanoTime();
            produce(site);
            print("produced %,d entries and as many locations in %.1f s", FILES, seconds(start));
            String bootstrap = String.valueOf(site.clientSettings().get("bootstrap.servers"));
            runNode("build", bootstrap);
            runNode("restart", bootstrap);
        }
    }

    private static void produce(TestSite site) {
        Serializer<FileIndexEntry> entries =
                Topics.FILE_INDEX.valueSerde(site.ids()).serializer();
        Serializer<ContentLocation> places =
                Topics.CONTENT_LOCATIONS.valueSerde(site.ids()).serializer();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        String.valueOf(site.clientSettings().get("bootstrap.servers")),
                        "linger.ms",
                        20,
                        "batch.size",
                        256 * 1024,
                        "buffer.memory",
                        64L << 20),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < FILES; i++) {
                FileIndexEntry entry = entry(i);
                Sha256 chunk = chunk(i);
                producer.send(new ProducerRecord<>(
                        Topics.FILE_INDEX.name(),
                        bytes(entry.key()),
                        entries.serialize(Topics.FILE_INDEX.name(), entry)));
                producer.send(new ProducerRecord<>(
                        Topics.CONTENT_LOCATIONS.name(),
                        chunk.bytes(),
                        places.serialize(
                                Topics.CONTENT_LOCATIONS.name(),
                                new ContentLocation(Topics.CONTENT.name(), i % 6, i, 1000))));
            }
        }
    }

    private static byte[] bytes(FileKey key) {
        return key.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private static FileKey key(int i) {
        return FileKey.of("tenant-" + i % 10, "images/model-" + i % 1000 + "/release-" + i / 1000 + "/firmware.bin");
    }

    private static Sha256 chunk(int i) {
        return Sha256.of(ByteBuffer.allocate(4).putInt(i).flip());
    }

    private static FileIndexEntry entry(int i) {
        FileContent content =
                new FileContent(chunk(i), 1000, FileContent.CHUNK_SIZE, new FileContent.Inline(List.of(chunk(i))));
        EventStamp stamp = new EventStamp(
                HybridTime.of(1_700_000_000_000L + i, 0), new SiteName("a"), new EventId(new UUID(i, i)));
        return new FileIndexEntry(
                key(i),
                List.of(new FileRevision.Published(
                        stamp, "user:bench", content, "application/octet-stream", Map.of("model", "m" + i % 1000))));
    }

    private void runNode(String phase, String bootstrap) throws IOException, InterruptedException {
        Process node = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dfiles=" + FILES,
                        "-cp",
                        System.getProperty("java.class.path"),
                        IndexBenchmark.class.getName(),
                        phase,
                        bootstrap,
                        directory.resolve("edge").toString())
                .redirectErrorStream(true)
                .start();
        node.inputReader().lines().filter(line -> line.startsWith("|")).forEach(System.out::println);
        assertThat(node.waitFor()).isZero();
    }

    /** The node's part: {@code build|restart bootstrap directory}. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[2]);
        DerivedSchemaIds registry = new DerivedSchemaIds();
        registry.idOf("", Topics.FILE_INDEX.values().schema().orElseThrow());
        registry.idOf("", Topics.CONTENT_LOCATIONS.values().schema().orElseThrow());
        long start = System.nanoTime();
        try (RocksMemory memory = new RocksMemory(RocksMemory.DEFAULT_BYTES);
                FileIndexView view = FileIndexView.open(
                        directory.resolve("index"),
                        memory,
                        Map.of("bootstrap.servers", arguments[1]),
                        RememberedSchemaIds.in(directory.resolve("schemas"), registry),
                        System::currentTimeMillis)) {
            long known = view.entries();
            boolean first = view.find(key(FILES / 2)).isPresent();
            print(
                    "%s: opened with %,d entries in %.0f ms, first look-up %s",
                    arguments[0], known, seconds(start) * 1000, first ? "found its file" : "found nothing yet");
            long now = System.currentTimeMillis();
            view.start();
            while (view.status().completeAsOfMillis().orElse(-1) < now) {
                Thread.sleep(5);
            }
            print(
                    "%s: complete after %.2f s (%.2f s of processor time): %,d entries, %d tenants, digest %s",
                    arguments[0],
                    seconds(start),
                    processorSeconds(),
                    view.entries(),
                    view.digests().size(),
                    view.digests().values().iterator().next());
            print(
                    "%s: resident %d MiB, peak %d MiB (heap limit 256 MiB)",
                    arguments[0], kibibytes("VmRSS") / 1024, kibibytes("VmHWM") / 1024);
            lookUp(view, "find", i -> view.find(key(i)).isPresent());
            lookUp(view, "locate", i -> view.locate(chunk(i)).isPresent());
            lookUp(view, "find nothing", i -> view.find(FileKey.of("tenant-1", "pxelinux.cfg/" + i))
                    .isEmpty());
            print("%s: resident %d MiB after the look-ups", arguments[0], kibibytes("VmRSS") / 1024);
        }
    }

    private interface LookUp {
        boolean hits(int i);
    }

    private static void lookUp(FileIndexView view, String what, LookUp lookUp) {
        Random random = new Random(1);
        long[] nanos = new long[LOOKUPS];
        OptionalInt missed = OptionalInt.empty();
        for (int round = 0; round < 2; round++) { // the first one warms up
            for (int i = 0; i < LOOKUPS; i++) {
                int file = random.nextInt(FILES);
                long start = System.nanoTime();
                boolean hit = lookUp.hits(file);
                nanos[i] = System.nanoTime() - start;
                missed = hit ? missed : OptionalInt.of(file);
            }
        }
        if (missed.isPresent()) {
            throw new IllegalStateException(what + " went wrong for file " + missed.getAsInt());
        }
        Arrays.sort(nanos);
        print(
                "%s: %,d of %,d entries, p50 %.1f µs, p99 %.1f µs, p99.9 %.1f µs",
                what,
                LOOKUPS,
                view.entries(),
                nanos[LOOKUPS / 2] / 1e3,
                nanos[LOOKUPS / 100 * 99] / 1e3,
                nanos[LOOKUPS / 1000 * 999] / 1e3);
    }

    /** Of this process since its start; unlike the time that passes it does not depend on what else runs. */
    private static double processorSeconds() {
        return ProcessHandle.current()
                        .info()
                        .totalCpuDuration()
                        .map(Duration::toMillis)
                        .orElse(0L)
                / 1e3;
    }

    private static long kibibytes(String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith(field + ":"))
                .map(line -> line.replaceAll("[^0-9]", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(0);
    }

    private static double seconds(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    private static void print(String format, Object... values) {
        System.out.println("| " + String.format(format, values));
    }
}
