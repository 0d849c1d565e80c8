package io.tftpdc.streams;

import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.runtime.ConfigFile;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.DerivedSchemaIds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How soon readers of committed records see what was published. */
class IntakePaceIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** The interval's end comes once in this time only, so rounds that need it cannot all be quicker. */
    private static final Duration INTERVAL = Duration.ofSeconds(9);

    private static final Duration SOON = Duration.ofSeconds(7);
    private static final int ROUNDS = 3;
    private static final int RECORDS = 20;

    @TempDir
    private Path directory;

    @Test
    void severalRecordsInARowDoNotWaitForTheCommitInterval() throws Exception {
        DerivedSchemaIds ids = new DerivedSchemaIds();
        try (TestSite site = new TestSite(directory.resolve("kafka"));
                StreamsProcessors processors = StreamsProcessors.start(config(site), ids)) {
            TestSite.await(
                    "readiness", PATIENCE, () -> processors.health().ready().up());
            try (KafkaConsumer<FileKey, FileEvent> events = site.reader(Topics.FILE_EVENTS, ids, false)) {
                for (int round = 1; round <= ROUNDS; round++) {
                    for (int i = 0; i < RECORDS; i++) {
                        site.send("round-" + round + "/" + i, new byte[] {1});
                    }
                    AtomicInteger seen = new AtomicInteger();
                    TestSite.await("all events of round " + round, SOON, () -> {
                        TestSite.drain(events, event -> seen.incrementAndGet());
                        return seen.get() >= RECORDS;
                    });
                }
            }
        }
    }

    private ProcessorsConfig config(TestSite site) {
        String yaml = """
                site: dc1
                port: 0
                kafka: {bootstrap-servers: "%s"}
                state-directory: %s
                store-memory: 16MiB
                intake: {commit-interval: %ds}
                """.formatted(site.kafka().bootstrapServers(), directory.resolve("state"), INTERVAL.toSeconds());
        return ConfigFile.parse(ProcessorsConfig.class, "streams.yaml", yaml, name -> null);
    }
}
