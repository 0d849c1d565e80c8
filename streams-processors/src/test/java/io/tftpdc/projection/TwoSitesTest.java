package io.tftpdc.projection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tftpdc.event.AlertEvent;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.IndexDigest;
import io.tftpdc.index.convergence.DigestReport;
import io.tftpdc.index.convergence.LinkProgress;
import io.tftpdc.streams.Topologies;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.DerivedSchemaIds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two sites' index applications with a mirror between them that loses what it is told to lose.
 *
 * <pre>
 *   dc1: tftp.file-events, tftp.index-digests ── mirror ──► dc2: dc1.tftp.file-events, dc1.tftp.index-digests
 *   dc1: dc2.tftp.…                           ◄── mirror ── dc2: tftp.…
 * </pre>
 */
class TwoSitesTest {
    private final DerivedSchemaIds ids = new DerivedSchemaIds();

    @TempDir
    private Path directory;

    private Site dc1;
    private Site dc2;

    @BeforeEach
    void open() {
        dc1 = new Site("dc1", directory.resolve("dc1"));
        dc2 = new Site("dc2", directory.resolve("dc2"));
    }

    @AfterEach
    void close() {
        dc1.driver.close();
        dc2.driver.close();
    }

    @Test
    void aSiteTellsTheOtherWhatItsBucketsSumUpTo() {
        dc1.say(event("dc1", 1, "a"), event -> true);
        pass(2);

        List<DigestReport.Bucket> said = dc2.heardBuckets("dc1");

        assertThat(said).as("once, and again when a new peer is heard of").hasSizeBetween(1, 2);
        assertThat(said.get(0).files()).isOne();
        assertThat(said.get(0).history())
                .isEqualTo(dc1.histories().values().iterator().next());
        assertThat(dc2.histories()).isEqualTo(dc1.histories());
    }

    @Test
    void whatTheMirrorLostIsAnnouncedAgainAndNothingElse() {
        dc1.say(event("dc1", 1, "kept"), event -> true);
        dc1.say(event("dc1", 2, "lost"), event -> false);
        dc2.say(event("dc2", 3, "theirs"), event -> false);
        pass(30);
        assertThat(dc2.histories()).isNotEqualTo(dc1.histories());
        assertThat(dc1.announced()).as("not before its time").isZero();

        pass(90);

        assertThat(dc2.histories()).isEqualTo(dc1.histories()).hasSize(3);
        assertThat(dc1.announced()).isEqualTo(1);
        assertThat(dc2.announced()).isEqualTo(1);
        assertThat(dc1.written)
                .as("bytes go before their event")
                .containsExactly(content("lost").hash());
        assertThat(dc1.differing()).isZero();
        pass(600);
        assertThat(dc1.announced()).as("and not again").isEqualTo(1);
    }

    @Test
    void whatAPeerListedForAnEarlierRepairIsNotTakenForWhatItHoldsNow() {
        List<String> paths = ofOneBucket(4);
        dc1.say(event("dc1", 1, paths.get(0)), event -> false);
        pass(120);
        assertThat(dc1.announced()).as("dc2 listed that it has nothing").isEqualTo(1);
        dc1.say(event("dc1", 2, paths.get(1)), event -> true);
        dc1.say(event("dc1", 3, paths.get(2)), event -> true);
        pass(30);

        dc1.say(event("dc1", 4, paths.get(3)), event -> false);
        pass(120);

        assertThat(dc2.histories()).isEqualTo(dc1.histories()).hasSize(4);
        assertThat(dc1.announced()).isEqualTo(2);
    }

    /** Every index says all of its sums again every ten minutes, which is no change. */
    @Test
    void aLossIsMendedInTimeAlthoughThePeerRepeatsItself() {
        dc1.say(event("dc1", 1, "kept"), event -> true);
        pass(570);
        dc1.say(event("dc1", 2, "lost"), event -> false);
        pass(75);

        assertThat(dc1.announced()).isEqualTo(1);
    }

    @Test
    void aPeerThatDoesNotHearIsToldWhatABucketHoldsMoreAndMoreSeldom() {
        deaf = dc2;
        dc2.say(event("dc2", 1, "theirs"), event -> true);
        dc1.say(event("dc1", 2, "ours"), event -> false);
        pass(3600);

        assertThat(dc1.meters.get("tftpdc.repair.buckets.listed").counter().count())
                .isBetween(2.0, 16.0);
    }

    private static List<String> ofOneBucket(int count) {
        int bucket = IndexDigest.bucketOf(FileKey.of("default", "p"));
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "p" + i)
                .filter(path -> IndexDigest.bucketOf(FileKey.of("default", path)) == bucket)
                .limit(count)
                .toList();
    }

    @Test
    void anEarlierRevisionThatWasLostIsMendedToo() {
        FileEvent loser = event("dc1", 1, "same");
        FileEvent winner = event("dc2", 2, "same");
        dc1.say(loser, event -> false);
        dc2.say(winner, event -> true);
        pass(3);
        assertThat(dc1.entry("same").conflicts())
                .as("at the site that has both")
                .hasSize(1);
        assertThat(dc2.entry("same").revisions()).hasSize(1);

        pass(120);

        assertThat(dc2.entry("same")).isEqualTo(dc1.entry("same"));
        assertThat(dc1.written)
                .as("the loser can be restored at the other site")
                .contains(content("same1").hash());
    }

    @Test
    void aSiteThatIsCutOffIsWaitedFor() {
        dc1.say(event("dc1", 1, "a"), event -> true);
        pass(15);
        cut = true;
        dc1.say(event("dc1", 2, "b"), event -> true);
        pass(300);

        assertThat(dc1.announced() + dc2.announced()).isZero();
    }

    @Test
    void whatCannotBeMendedIsAttemptedMoreAndMoreSeldomAndRaisesAnAlert() {
        dc1.say(event("dc1", 1, "never"), event -> false);
        lost = record -> record.topic().equals("tftp.file-events");

        pass(3600);

        assertThat(dc1.announced()).isBetween(4.0, 8.0);
        assertThat(dc1.alerts()).singleElement().isInstanceOfSatisfying(AlertEvent.AlertRaised.class, alert -> {
            assertThat(alert.rule()).isEqualTo("index-differs");
            assertThat(alert.subject()).isEqualTo("dc2/partition-0");
        });

        lost = record -> false;
        pass(7200);
        assertThat(dc2.histories()).isEqualTo(dc1.histories());
        assertThat(dc1.alerts()).singleElement().isInstanceOf(AlertEvent.AlertCleared.class);
    }

    @Test
    void whatAFormerLifeOfAnIndexSaidIsVoid() {
        dc1.say(event("dc1", 1, "a"), event -> true);
        dc2.say(event("dc2", 2, "b"), event -> true);
        pass(20);
        assertThat(dc2.histories()).isEqualTo(dc1.histories()).hasSize(2);

        // The cluster of dc2 is rebuilt from nothing, and its mirror goes on behind what was there.
        dc2.driver.close();
        dc2 = new Site("dc2", directory.resolve("dc2-anew"));
        pass(180);

        assertThat(dc2.histories()).isEqualTo(dc1.histories()).hasSize(2);
    }

    /** A site that was rebuilt reads in what comes over a slow link, for far longer than a repair waits. */
    @Test
    void whatAMirrorIsStillBringingIsNotAnnouncedHoweverLongItTakes() {
        List<FileEvent> onTheirWay = IntStream.range(1, 40)
                .mapToObj(i -> event("dc1", i, "slow-" + i))
                .toList();
        link = now -> List.of(
                new LinkProgress(LinkProgress.Step.MIRROR, dc2.name, dc1.name, arrived, onTheirWay.size(), now));
        onTheirWay.forEach(event -> dc1.say(event, any -> false));
        for (FileEvent event : onTheirWay) {
            pass(60);
            dc2.mirror("dc1", event);
            arrived++;
        }
        pass(30);
        assertThat(dc2.histories()).isEqualTo(dc1.histories()).hasSize(onTheirWay.size());
        assertThat(dc1.announced() + dc2.announced()).isZero();
        assertThat(dc2.meters.get("tftpdc.repair.buckets.listed").counter().count())
                .as("nobody says over the slow link what it lacks")
                .isZero();

        dc1.say(event("dc1", 90, "lost"), any -> false);
        pass(120);

        assertThat(dc1.announced()).as("the mirror has passed by").isEqualTo(1);
        assertThat(dc2.histories()).isEqualTo(dc1.histories());
    }

    /** The mirror is quick, and the index behind it slow: its goal is what the mirror has brought, not what was there. */
    @Test
    void whatAnIndexHasYetToReadIsNotAnnouncedEither() {
        long start = Topologies.NOW.toEpochMilli();
        link = now -> {
            boolean brought = now - start > 60_000;
            return List.of(
                    new LinkProgress(LinkProgress.Step.MIRROR, dc2.name, dc1.name, brought ? 1 : 0, 1, now),
                    new LinkProgress(LinkProgress.Step.INDEX, dc2.name, dc1.name, arrived, brought ? 1 : 0, now));
        };
        FileEvent slow = event("dc1", 1, "slow");
        dc1.say(slow, any -> false);
        pass(1800);
        assertThat(dc1.announced()).isZero();

        dc2.mirror("dc1", slow);
        arrived = 1;
        pass(60);
        assertThat(dc2.histories()).isEqualTo(dc1.histories());
        dc1.say(event("dc1", 2, "lost"), any -> false);
        pass(180);
        assertThat(dc1.announced()).isEqualTo(1);
    }

    @Test
    void aMirrorThatNoLongerReportsIsNotWaitedFor() {
        link = now -> List.of(
                new LinkProgress(LinkProgress.Step.MIRROR, dc2.name, dc1.name, 0, 5, Topologies.NOW.toEpochMilli()));
        dc1.say(event("dc1", 1, "lost"), any -> false);

        pass(180);

        assertThat(dc1.announced()).isEqualTo(1);
    }

    @Test
    void sumsAreSaidAgainNowOneNowAnother() {
        for (int i = 1; i <= 120; i++) {
            dc1.say(event("dc1", i, "file-" + i), event -> true);
        }
        pass(30);
        int buckets = (int) dc2.heardBuckets("dc1").stream()
                .map(DigestReport.Bucket::bucket)
                .distinct()
                .count();
        assertThat(buckets).isGreaterThan(80);
        dc2.heard.clear();
        int most = 0;
        for (int second = 0; second < 600; second++) {
            int before = dc2.heardBuckets("dc1").size();
            pass(1);
            most = Math.max(most, dc2.heardBuckets("dc1").size() - before);
        }

        assertThat(dc2.heardBuckets("dc1").stream().map(DigestReport.Bucket::bucket))
                .doesNotHaveDuplicates()
                .hasSize(buckets);
        assertThat(most).as("in one second").isLessThan(8);
    }

    @Test
    void aSiteThatWasRemovedIsComparedWithAgainWhenItComesBack() {
        dc1.say(event("dc1", 1, "a"), event -> false);
        pass(15);
        assertThat(dc1.differing()).isEqualTo(1);
        cut = true;
        pass(60);
        assertThat(dc1.differing()).as("what it holds now is not known").isEqualTo(1);

        dc1.forgotten = Map.of(dc2.name, Topologies.NOW.toEpochMilli() + passedMillis);
        pass(5);
        assertThat(dc1.differing()).isZero();
        assertThat(dc1.recalled()).as("of the peer").isZero();

        cut = false;
        pass(180);
        assertThat(dc1.recalled()).isPositive();
        assertThat(dc1.announced()).isEqualTo(1);
        assertThat(dc2.histories()).isEqualTo(dc1.histories());
    }

    /** What the mirrors say of themselves; nothing unless told. */
    private @Nullable LongFunction<List<LinkProgress>> link;

    private long arrived;
    private long passedMillis;

    /** Wired with {@link #cut}: nothing passes; {@link #lost}: these records do not. */
    private boolean cut;

    private Predicate<Mirrored> lost = record -> false;

    /** Nothing reaches it, although what it says gets through. */
    private @Nullable Site deaf;

    private record Mirrored(String topic, TestRecord<byte[], byte[]> record) {}

    private void pass(int seconds) {
        for (int i = 0; i < seconds * 2; i++) {
            passedMillis += 500;
            for (Site site : List.of(dc1, dc2)) {
                site.driver.advanceWallClockTime(Duration.ofMillis(500));
            }
            List<Mirrored> from1 = dc1.produced();
            List<Mirrored> from2 = dc2.produced();
            from1.forEach(record -> dc2.mirror("dc1", record));
            from2.forEach(record -> dc1.mirror("dc2", record));
        }
    }

    private final class Site implements OtherSites {
        private final SiteName name;
        private final TopologyTestDriver driver;
        private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
        private final List<Sha256> written = new ArrayList<>();
        private final List<DigestReport> heard = new ArrayList<>();
        private Map<SiteName, Long> forgotten = Map.of();

        Site(String name, Path directory) {
            this.name = new SiteName(name);
            ContentRepair content = version -> {
                written.add(version.hash());
                return CompletableFuture.completedFuture(null);
            };
            this.driver = Topologies.drive(Topologies.index(this.name, content, this, ids, meters), directory);
        }

        /** Writes to the own topic, which the mirror carries over if told so. */
        void say(FileEvent event, Predicate<FileEvent> mirrored) {
            byte[] key = Topologies.key(Topics.FILE_EVENTS, event.key(), ids);
            byte[] value = Topologies.value(Topics.FILE_EVENTS, event, ids);
            Topologies.input(driver, "tftp.file-events").pipeInput(key, value);
            if (mirrored.test(event)) {
                Site other = this == dc1 ? dc2 : dc1;
                Topologies.input(other.driver, name + ".tftp.file-events").pipeInput(key, value);
            }
        }

        void mirror(String from, FileEvent event) {
            Topologies.input(driver, from + ".tftp.file-events")
                    .pipeInput(
                            Topologies.key(Topics.FILE_EVENTS, event.key(), ids),
                            Topologies.value(Topics.FILE_EVENTS, event, ids));
        }

        @Override
        public List<LinkProgress> links(int partition) {
            return link == null ? List.of() : link.apply(Topologies.NOW.toEpochMilli() + passedMillis);
        }

        @Override
        public Map<SiteName, Long> forgotten() {
            return forgotten;
        }

        /** How many of the peer's reports it would know if it were started anew. */
        int recalled() {
            int count = 0;
            KeyValueStore<String, byte[]> store = driver.getKeyValueStore(FileIndexTopology.PEER_DIGESTS);
            try (KeyValueIterator<String, byte[]> all = store.all()) {
                for (; all.hasNext(); all.next()) {
                    count++;
                }
            }
            return count;
        }

        List<Mirrored> produced() {
            List<Mirrored> records = new ArrayList<>();
            for (Topic<?, ?> topic : List.of(Topics.FILE_EVENTS, Topics.INDEX_DIGESTS)) {
                driver.createOutputTopic(
                                topic.name(),
                                new org.apache.kafka.common.serialization.ByteArrayDeserializer(),
                                new org.apache.kafka.common.serialization.ByteArrayDeserializer())
                        .readRecordsToList()
                        .forEach(record -> records.add(new Mirrored(topic.name(), record)));
            }
            return records;
        }

        void mirror(String from, Mirrored mirrored) {
            if (cut || this == deaf || lost.test(mirrored)) {
                return;
            }
            if (mirrored.topic().equals(Topics.INDEX_DIGESTS.name())) {
                heard.add(Topics.INDEX_DIGESTS
                        .valueSerde(ids)
                        .deserializer()
                        .deserialize("", mirrored.record().value()));
            }
            Topologies.input(driver, from + "." + mirrored.topic())
                    .pipeInput(mirrored.record().key(), mirrored.record().value());
        }

        List<DigestReport.Bucket> heardBuckets(String from) {
            return heard.stream()
                    .filter(report -> report.site().value().equals(from))
                    .flatMap(report -> report instanceof DigestReport.Bucket bucket
                            ? java.util.stream.Stream.of(bucket)
                            : java.util.stream.Stream.empty())
                    .toList();
        }

        Map<FileKey, io.tftpdc.index.IndexDigest> histories() {
            Map<FileKey, io.tftpdc.index.IndexDigest> found = new TreeMap<>();
            KeyValueStore<Bytes, byte[]> store = driver.getKeyValueStore(FileIndexTopology.STORE);
            try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
                while (all.hasNext()) {
                    KeyValue<Bytes, byte[]> entry = all.next();
                    found.put(IndexKeys.parse(entry.key), StoredEntry.history(entry.value));
                }
            }
            return found;
        }

        FileIndexEntry entry(String path) {
            KeyValueStore<Bytes, byte[]> store = driver.getKeyValueStore(FileIndexTopology.STORE);
            byte[] stored = store.get(IndexKeys.of(FileKey.of("default", path)));
            return Topics.FILE_INDEX.valueSerde(ids).deserializer().deserialize("", StoredEntry.encodedEntry(stored));
        }

        List<AlertEvent> alerts() {
            return Topologies.output(driver, Topics.ALERTS, ids).readValuesToList();
        }

        double announced() {
            return meters.get("tftpdc.repair.entries.announced").counter().count();
        }

        double differing() {
            return meters.get("tftpdc.convergence.buckets.differing").gauge().value();
        }
    }

    private static FileContent content(String text) {
        Sha256 hash = Sha256.of(text.getBytes(UTF_8));
        return new FileContent(hash, text.length(), FileContent.CHUNK_SIZE, new FileContent.Inline(List.of(hash)));
    }

    /** The content is the path, and the time where two versions of one path are wanted. */
    private static FileEvent event(String origin, int time, String path) {
        return new FileEvent.FilePublished(
                new EventEnvelope(
                        new EventId(new UUID(7, time)),
                        new SiteName(origin),
                        HybridTime.of(Topologies.NOW.toEpochMilli() - 1000 + time, 0),
                        "user:anna"),
                FileKey.of("default", path),
                content(path.equals("same") ? path + time : path),
                "",
                Map.of(),
                io.tftpdc.event.VersionVector.NOTHING);
    }
}
