package io.tftpdc.edge.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tftpdc.edge.testing.TestSite;
import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.golden.GoldenLog;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.topic.Topics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileIndexViewIT {
    private static final FileKey HELLO = FileKey.of("default", "hello.txt");
    private static final byte[] BYTES = "hello".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path directory;

    private TestSite site;
    private RocksMemory memory;

    @BeforeEach
    void start() {
        site = new TestSite(directory.resolve("kafka"));
        memory = new RocksMemory(16 << 20);
    }

    @AfterEach
    void stop() {
        memory.close();
        site.close();
    }

    private FileIndexView open() throws IOException {
        return open(System::currentTimeMillis, Duration.ZERO);
    }

    private FileIndexView open(LongSupplier wallMillis, Duration keepFormer) throws IOException {
        FileIndexView view = FileIndexView.open(
                directory.resolve("index"), memory, site.clientSettings(), site.ids(), wallMillis, keepFormer);
        view.start();
        return view;
    }

    private static void awaitContents(FileIndexView view, FileKey... keys) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(contents(view)).containsOnlyKeys(keys));
    }

    private static void awaitComplete(FileIndexView view) {
        awaitComplete(view, System::currentTimeMillis);
    }

    private static void awaitComplete(FileIndexView view, LongSupplier wallMillis) {
        long now = wallMillis.getAsLong();
        await().atMost(Duration.ofSeconds(20))
                .until(() -> view.status().completeAsOfMillis().orElse(-1) >= now);
    }

    @Test
    void goldenLogsReadFromKafkaComeToTheirIndexAndDigest() throws IOException {
        for (GoldenLog log : List.of(goldenLog("several-tenants"), goldenLog("two-sites-write-while-apart"))) {
            // The second round meets new topics under the old names: what the first one left behind has to go.
            site.deleteTopics(Topics.FILE_INDEX, Topics.CONTENT_LOCATIONS);
            site.createTopics();
            IndexStoreTest.foldedOneByOne(log.events())
                    .forEach(entry -> site.send(Topics.FILE_INDEX, entry.key(), entry));

            try (FileIndexView view = open()) {
                awaitComplete(view);

                assertThat(log.difference(contents(view))).isEmpty();
                assertThat(view.digests()).isEqualTo(log.digests());
                assertThat(view.entries()).isEqualTo(log.entries().size());
            }
        }
    }

    @Test
    void restartGoesOnFromTheStoredOffsets() throws IOException {
        site.publish("default", "hello.txt", BYTES);
        long recordsOfFirstRun;
        try (FileIndexView view = open()) {
            awaitComplete(view);
            recordsOfFirstRun = view.status().positions().stream()
                    .mapToLong(position -> position.position())
                    .sum();
        }
        List<FileKey> changed = new CopyOnWriteArrayList<>();
        try (FileIndexView view = FileIndexView.open(
                directory.resolve("index"), memory, site.clientSettings(), site.ids(), System::currentTimeMillis)) {
            view.listen(new IndexListener() {
                @Override
                public boolean concerns(FileIndexEntry entry) {
                    return true;
                }

                @Override
                public void changed(List<FileKey> files) {
                    changed.addAll(files);
                }

                @Override
                public void located(List<Sha256> chunks) {}
            });
            view.start();
            site.publish("default", "second.txt", BYTES);
            awaitComplete(view);

            assertThat(changed).containsExactly(FileKey.of("default", "second.txt"));
            assertThat(view.find(HELLO)).isPresent();
            assertThat(recordsOfFirstRun).isEqualTo(2);
        }
    }

    @Test
    void changeIsSeenWithinMillisecondsAndPlacesAreKnown() throws IOException {
        try (FileIndexView view = open()) {
            awaitComplete(view);

            Sha256 hash = site.publish("default", "hello.txt", BYTES).hash();

            await().atMost(Duration.ofSeconds(5))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() ->
                            view.find(HELLO).flatMap(FileIndexEntry::current).isPresent());
            assertThat(view.locate(hash)).map(ContentLocation::size).contains(BYTES.length);
            site.send(Topics.FILE_INDEX, HELLO, site.removed(HELLO));
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> view.find(HELLO).orElseThrow().current().isEmpty());
        }
    }

    @Test
    void servesWhatItHasAndSaysHowStaleItIsWhileKafkaIsAway() throws IOException {
        site.publish("default", "hello.txt", BYTES);
        try (FileIndexView view = open()) {
            awaitComplete(view);
            assertThat(view.status().reachable()).isTrue();
            site.kafka().stop();

            await().atMost(Duration.ofSeconds(20)).until(() -> !view.status().reachable());

            assertThat(view.find(HELLO)).isPresent();
            assertThat(view.status().stalenessMillis().orElseThrow()).isGreaterThan(1000);
            assertThat(view.status().problem()).isNotEmpty();
        }
        try (FileIndexView view = open()) {
            assertThat(view.find(HELLO)).isPresent();
            assertThat(view.status().everComplete()).isTrue();
            assertThat(view.status().reachable()).isFalse();

            site.kafka().start();
            awaitComplete(view);
            assertThat(view.status().reachable()).isTrue();
            assertThat(view.status().problem()).isEmpty();
        }
    }

    @Test
    void recordThatCannotBeReadIsCountedAndSkipped() throws IOException {
        site.sendRaw(Topics.FILE_INDEX.name(), "default/x".getBytes(StandardCharsets.UTF_8), new byte[] {1, 2, 3});
        site.sendRaw(Topics.CONTENT_LOCATIONS.name(), new byte[] {7}, new byte[] {0});
        site.publish("default", "hello.txt", BYTES);

        try (FileIndexView view = open()) {
            awaitComplete(view);

            assertThat(view.status().undecodable()).isEqualTo(2);
            assertThat(contents(view)).containsOnlyKeys(HELLO);
        }
    }

    @Test
    void busyTopicIsNotTakenForOneThatWasCutOff() throws IOException {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (FileIndexView view = FileIndexView.open(
                directory.resolve("index"), memory, site.clientSettings(), site.ids(), System::currentTimeMillis)) {
            view.bindTo(meters);
            view.start();
            long until = System.nanoTime() + Duration.ofMillis(2_500).toNanos();
            int files = 0;
            while (System.nanoTime() < until) { // several questions for the ends are answered while records come in
                site.send(
                        Topics.CONTENT_LOCATIONS,
                        Sha256.of(ByteBuffer.allocate(4).putInt(files++).flip()),
                        new ContentLocation("tftp.content", 0, files, 1));
            }
            awaitComplete(view);

            assertThat(meters.get(IndexMeters.FAILURES.meterName()).counter().count())
                    .isZero();
            assertThat(meters.get(IndexMeters.RECORDS.meterName()).counter().count())
                    .isEqualTo(files);
        }
    }

    @Test
    void topicMadeAnewWhileRunningIsReadFromItsBeginning() throws IOException {
        site.publish("default", "hello.txt", BYTES);
        site.publish("default", "old.txt", BYTES);
        try (FileIndexView view = open()) {
            awaitComplete(view);

            site.deleteTopics(Topics.FILE_INDEX, Topics.CONTENT_LOCATIONS);
            site.createTopics();
            site.publish("default", "new.txt", BYTES);

            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(contents(view)).containsOnlyKeys(FileKey.of("default", "new.txt")));
        }
    }

    @Test
    void topicMadeAnewIsFilledSlowlyAndTheFormerFilesAreServedMeanwhile() throws IOException {
        FileKey old = FileKey.of("default", "old.txt");
        FileKey fresh = FileKey.of("default", "new.txt");
        AtomicLong later = new AtomicLong();
        LongSupplier clock = () -> System.currentTimeMillis() + later.get();
        site.publish("default", "hello.txt", BYTES);
        site.publish("default", "old.txt", BYTES);
        try (FileIndexView view = open(clock, Duration.ofMinutes(10))) {
            awaitComplete(view);
            site.deleteTopics(Topics.FILE_INDEX, Topics.CONTENT_LOCATIONS);
            site.createTopics();
            site.publish("default", "new.txt", BYTES);
            awaitContents(view, HELLO, old, fresh);

            later.addAndGet(Duration.ofMinutes(9).toMillis());
            Optional<FileIndexEntry> former = view.find(HELLO);
            site.publish("default", "hello.txt", BYTES); // the topic is still being filled
            await().atMost(Duration.ofSeconds(20)).until(() -> !view.find(HELLO).equals(former));
            later.addAndGet(Duration.ofMinutes(9).toMillis());
            awaitComplete(view, clock);
            assertThat(contents(view)).containsOnlyKeys(HELLO, old, fresh);

            later.addAndGet(Duration.ofMinutes(2).toMillis());
            awaitContents(view, HELLO, fresh);
            assertThat(view.entries()).isEqualTo(2);
        }
    }

    @Test
    void whatAFormerTopicKnewOutlastsTheTimeInWhichAnotherClusterIsFollowed() throws IOException {
        FileKey fresh = FileKey.of("default", "new.txt");
        AtomicLong later = new AtomicLong();
        LongSupplier clock = () -> System.currentTimeMillis() + later.get();
        site.publish("default", "hello.txt", BYTES);
        try (FileIndexView view = open(clock, Duration.ofMinutes(10))) {
            awaitComplete(view);
            site.deleteTopics(Topics.FILE_INDEX, Topics.CONTENT_LOCATIONS);
            site.createTopics();
            site.publish("default", "new.txt", BYTES); // the topic is still being filled
            awaitContents(view, HELLO, fresh);

            view.follow(new KafkaCluster(
                    Optional.of(new SiteName("away")), Map.of("bootstrap.servers", "127.0.0.1:1"), site.ids()));
            await().atMost(Duration.ofSeconds(20)).until(() -> view.peer().isPresent());
            later.addAndGet(Duration.ofMinutes(11).toMillis());
            view.follow(KafkaCluster.own(site.clientSettings(), site.ids()));
            await().atMost(Duration.ofSeconds(20)).until(() -> view.peer().isEmpty());
            awaitComplete(view, clock);

            assertThat(contents(view)).containsOnlyKeys(HELLO, fresh);
        }
    }

    private static GoldenLog goldenLog(String name) {
        return GoldenLog.all().stream()
                .filter(log -> log.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Map<FileKey, FileIndexEntry> contents(FileIndexView view) {
        return view.page(Optional.empty(), 1000).stream()
                .collect(Collectors.toMap(FileIndexEntry::key, entry -> entry));
    }
}
