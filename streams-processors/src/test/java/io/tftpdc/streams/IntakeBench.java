package io.tftpdc.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.DerivedSchemaIds;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Measures the publish intake beside one broker: from producing many small records at once until readers of committed
 * records have the events of all. Run by hand: {@code IntakeBench [files [processes]]}, on a directory of its own below
 * {@code target}. With several processes they share the index, so that some files are asked for over HTTP. Not a test.
 */
final class IntakeBench {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int ROUNDS = 4;

    private IntakeBench() {}

    public static void main(String[] arguments) throws Exception {
        int files = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
        int processes = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1;
        Path directory = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "bench");
        DerivedSchemaIds ids = new DerivedSchemaIds();
        List<StreamsProcessors> running = new ArrayList<>();
        try (TestSite site = new TestSite(directory.resolve("kafka"))) {
            ProcessorsConfig config = ProcessorsConfig.of(
                    "dc1", site.kafka().bootstrapServers(), 0, URI.create("http://unused"), directory);
            try {
                for (int i = 1; i <= processes; i++) {
                    running.add(StreamsProcessors.start(config.withNode("s" + i, directory.resolve("s" + i)), ids));
                }
                TestSite.await("readiness", PATIENCE, () -> running.stream()
                        .allMatch(process -> process.health().ready().up()));
                try (KafkaConsumer<FileKey, FileEvent> events = site.reader(Topics.FILE_EVENTS, ids, false)) {
                    for (int round = 1; round <= ROUNDS; round++) {
                        burst(site, events, round, files);
                    }
                }
            } finally {
                // Before the broker, or they wait for it.
                running.forEach(StreamsProcessors::close);
            }
        }
    }

    private static void burst(TestSite site, KafkaConsumer<FileKey, FileEvent> events, int round, int files)
            throws Exception {
        long began = System.nanoTime();
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < files; i++) {
            sent.add(site.send("round-" + round + "/" + i, ("content of " + i).getBytes(UTF_8)));
        }
        AtomicInteger seen = new AtomicInteger();
        TestSite.await("the events of round " + round, PATIENCE, () -> {
            TestSite.drain(events, event -> seen.incrementAndGet());
            return seen.get() >= files;
        });
        long millis = (System.nanoTime() - began) / 1_000_000;
        for (Future<RecordMetadata> record : sent) {
            record.get();
        }
        System.out.printf("round %d: %d files in %d ms, %d a second%n", round, files, millis, files * 1000L / millis);
    }
}
