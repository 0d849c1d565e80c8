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
import io.tftpdc.event.HybridClock;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.RejectedRecord;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.golden.GoldenLog;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.IndexDigest;
import io.tftpdc.index.convergence.DigestReport.BucketKey;
import io.tftpdc.streams.Topologies;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.DerivedSchemaIds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FileIndexTopologyTest {
    private static final SiteName DC2 = new SiteName("dc2");
    private static final FileKey FILE = FileKey.of("default", "a");
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    private Path directory;

    private final DerivedSchemaIds ids = new DerivedSchemaIds();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> own;
    private TestInputTopic<byte[], byte[]> mirrored;
    private TestOutputTopic<FileKey, FileIndexEntry> index;
    private TestOutputTopic<byte[], RejectedRecord> rejected;
    private TestOutputTopic<String, AlertEvent> alerts;

    @BeforeEach
    void open() {
        driver = Topologies.drive(Topologies.index(ids, meters), directory);
        own = Topologies.input(driver, "tftp.file-events");
        mirrored = Topologies.input(driver, "dc2.tftp.file-events");
        index = Topologies.output(driver, Topics.FILE_INDEX, ids);
        rejected = Topologies.output(driver, Topics.REJECTED, ids);
        alerts = Topologies.output(driver, Topics.ALERTS, ids);
    }

    @AfterEach
    void close() {
        driver.close();
    }

    static List<GoldenLog> goldenLogs() {
        return GoldenLog.all();
    }

    @ParameterizedTest
    @MethodSource("goldenLogs")
    void everyGoldenLogGivesItsIndexWhicheverTopicItsEventsComeFrom(GoldenLog log) {
        log.events().forEach(event -> pipe(event.envelope().origin().equals(Topologies.SITE) ? own : mirrored, event));

        Map<FileKey, FileIndexEntry> emitted = index.readKeyValuesToMap();
        assertThat(log.difference(emitted)).isEmpty();
        assertThat(log.difference(stored())).isEmpty();
        assertThat(digests()).isEqualTo(log.digests());
        assertThat(rejected.isEmpty()).isTrue();
    }

    @Test
    void anEventThatComesAgainIsEmittedAgainBecauseACrashMayHaveLostItsEntry() {
        FileEvent event = published(DC2, Topologies.NOW.toEpochMilli(), "1");
        pipe(own, event);
        pipe(mirrored, event);

        List<FileIndexEntry> entries = index.readValuesToList();
        assertThat(entries).hasSize(2);
        assertThat(entries.get(1)).isEqualTo(entries.get(0));
        assertThat(count("repeated")).isEqualTo(1);
        assertThat(digests().get(Tenant.DEFAULT)).isEqualTo(IndexDigest.of(entries.get(0)));
    }

    @Test
    void anEventOlderThanAllThatIsKeptIsNotEmitted() {
        long now = Topologies.NOW.toEpochMilli();
        for (int i = 0; i < FileIndexEntry.MAX_REVISIONS; i++) {
            pipe(own, published(Topologies.SITE, now + i, "v" + i));
        }
        index.readValuesToList();

        pipe(own, published(Topologies.SITE, now - 1, "old"));

        assertThat(index.isEmpty()).isTrue();
        assertThat(count("superseded")).isEqualTo(1);
    }

    @Test
    void anEventOfAnUnknownKindIsCountedAndLeavesTheIndexAlone() {
        pipe(own, new FileEvent.UnknownEvent(envelope(DC2, 0), FILE, "FileBlessed"));

        assertThat(index.isEmpty()).isTrue();
        assertThat(rejected.isEmpty()).isTrue();
        assertThat(count("unknown")).isEqualTo(1);
    }

    @Test
    void aClockAheadIsQuarantinedAndRaisesOneAlertUntilItIsSoundAgain() {
        long now = Topologies.NOW.toEpochMilli();
        long future = Topologies.NOW.plus(HOUR).toEpochMilli();

        pipe(mirrored, published(DC2, future, "1"));
        pipe(mirrored, published(DC2, future + 1, "2"));
        pipe(mirrored, published(DC2, now - 1, "written before, arrives now"));
        pipe(mirrored, published(DC2, now + 1, "sound again"));
        pipe(mirrored, published(DC2, future, "3"));

        assertThat(rejected.readValuesToList()).hasSize(3).allSatisfy(record -> assertThat(record.reason())
                .contains("Set the clock of that site (NTP)"));
        assertThat(index.readValuesToList()).hasSize(2);
        List<AlertEvent> list = alerts.readValuesToList();
        assertThat(list)
                .extracting(alert -> alert.getClass().getSimpleName())
                .containsExactly("AlertRaised", "AlertCleared", "AlertRaised");
        assertThat(list).extracting(AlertEvent::rule).containsOnly("clock-skew");
        assertThat(((AlertEvent.AlertRaised) list.get(0)).subject()).isEqualTo("dc2");
    }

    @Test
    void aLogReadBeforeAndAfterItsTimesGivesTheSameIndex(@TempDir Path another) {
        long now = Topologies.NOW.toEpochMilli();
        List<FileEvent> log = List.of(
                published(DC2, Topologies.NOW.plus(HOUR).toEpochMilli(), "ahead"),
                published(Topologies.SITE, now, "sound"),
                published(DC2, Topologies.NOW.plus(HOUR).toEpochMilli() - 1, "ahead too"));
        log.forEach(event -> pipe(mirrored, event));
        Map<Tenant, IndexDigest> early = digests();
        driver.advanceWallClockTime(HOUR.minusMinutes(5).minusSeconds(1));
        assertThat(digests()).isEqualTo(early);
        driver.advanceWallClockTime(Duration.ofMinutes(10));
        Map<Tenant, IndexDigest> waited = digests();
        List<FileIndexEntry> entries = index.readValuesToList();
        assertThat(driver.getKeyValueStore(FutureEvents.NAME).all().hasNext()).isFalse();
        driver.close();

        driver = Topologies.drive(Topologies.index(ids, meters), another);
        driver.advanceWallClockTime(HOUR);
        mirrored = Topologies.input(driver, "dc2.tftp.file-events");
        log.forEach(event -> pipe(mirrored, event));

        assertThat(waited).isEqualTo(digests()).isNotEqualTo(early);
        assertThat(entries).hasSize(3);
        assertThat(entries.get(2).revisions()).hasSize(3);
    }

    @Test
    void whatIsNoEventIsRejectedAndNothingStops() {
        byte[] good = Topologies.value(Topics.FILE_EVENTS, published(DC2, 0, "1"), ids);
        own.pipeInput("default/a".getBytes(UTF_8), "no avro".getBytes(UTF_8));
        own.pipeInput("default/a".getBytes(UTF_8), new byte[] {0, 1, 2, 3, 4, 5, 6});
        own.pipeInput("no-slash".getBytes(UTF_8), good);
        own.pipeInput("default/a".getBytes(UTF_8), (byte[]) null);
        own.pipeInput((byte[]) null, good);
        own.pipeInput("default/another".getBytes(UTF_8), good);
        byte[] cut = new byte[good.length / 2];
        System.arraycopy(good, 0, cut, 0, cut.length);
        own.pipeInput("default/a".getBytes(UTF_8), cut);
        pipe(own, published(DC2, 0, "1"));

        assertThat(rejected.readValuesToList())
                .extracting(RejectedRecord::offset)
                .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(index.readValuesToList()).hasSize(1);
    }

    @Test
    void anEventTooLargeForSixteenRevisionsInOneRecordIsRejectedAtEverySiteAlike() {
        FileEvent.FilePublished small = published(DC2, 0, "1");
        pipe(
                own,
                new FileEvent.FilePublished(
                        small.envelope(),
                        FILE,
                        small.content(),
                        "",
                        Map.of("label", "x".repeat(FileIndexProjector.MAX_EVENT_BYTES))));

        assertThat(rejected.readValue().reason()).contains("fewer or shorter labels");
    }

    @Test
    void digestsAreSummedUpFromTheIndexWhenATaskStarts() {
        pipe(own, published(DC2, 0, "1"));
        Map<Tenant, IndexDigest> before = digests();
        KeyValueStores stores = new KeyValueStores(driver);
        new DigestStore(stores.digests())
                .replace(IndexKeys.of(FILE), null, "a digest that fits nothing which is there".getBytes(UTF_8));
        assertThat(digests()).isNotEqualTo(before);

        new DigestStore(stores.digests())
                .rebuild(driver.getKeyValueStore(FileIndexTopology.STORE), this::decoded, time -> {});

        assertThat(digests()).isEqualTo(before);
    }

    @Test
    void theClockLearnsTheWinningTimesWhenATaskStarts() {
        long ahead = Topologies.NOW.plusSeconds(60).toEpochMilli();
        pipe(mirrored, published(DC2, ahead, "winner"));
        pipe(mirrored, published(DC2, ahead - 1, "older"));
        HybridClock restarted = new HybridClock(Topologies.NOW::toEpochMilli);

        new DigestStore(new KeyValueStores(driver).digests())
                .rebuild(driver.getKeyValueStore(FileIndexTopology.STORE), this::decoded, restarted::observe);

        assertThat(restarted.tick()).isEqualTo(HybridTime.of(ahead, 1));
    }

    private record KeyValueStores(TopologyTestDriver driver) {
        org.apache.kafka.streams.state.KeyValueStore<String, BucketDigest> digests() {
            return driver.getKeyValueStore(DigestStore.NAME);
        }
    }

    private Map<FileKey, FileIndexEntry> stored() {
        Map<FileKey, FileIndexEntry> entries = new HashMap<>();
        try (KeyValueIterator<org.apache.kafka.common.utils.Bytes, byte[]> all =
                driver.<org.apache.kafka.common.utils.Bytes, byte[]>getKeyValueStore(FileIndexTopology.STORE)
                        .all()) {
            all.forEachRemaining(
                    entry -> entries.put(IndexKeys.parse(entry.key), decoded(StoredEntry.encodedEntry(entry.value))));
        }
        return entries;
    }

    private FileIndexEntry decoded(byte[] encoded) {
        return Topics.FILE_INDEX.valueSerde(ids).deserializer().deserialize("tftp.file-index", encoded);
    }

    @Test
    void anEntryOfAFormerVersionIsWrittenAnewWhenATaskStarts() {
        pipe(own, published(DC2, 0, "1"));
        pipe(mirrored, published(DC2, 1, "2"));
        org.apache.kafka.streams.state.KeyValueStore<org.apache.kafka.common.utils.Bytes, byte[]> index =
                driver.getKeyValueStore(FileIndexTopology.STORE);
        byte[] today = index.get(IndexKeys.of(FILE));
        byte[] encoded = StoredEntry.encodedEntry(today);
        // As version 0.1 had it: flags, bucket, digest and time, then the entry.
        byte[] former = java.nio.ByteBuffer.allocate(42 + encoded.length)
                .put((byte) 1)
                .put(today, 1, 41)
                .put(encoded)
                .array();
        index.put(IndexKeys.of(FILE), former);

        assertThat(StoredEntry.isPresent(former)).isTrue();
        assertThat(StoredEntry.encodedEntry(former)).isEqualTo(encoded);
        new DigestStore(new KeyValueStores(driver).digests()).rebuild(index, this::decoded, time -> {});

        assertThat(index.get(IndexKeys.of(FILE))).isEqualTo(today);
    }

    private Map<Tenant, IndexDigest> digests() {
        Map<Tenant, IndexDigest> sums = new TreeMap<>();
        try (KeyValueIterator<String, BucketDigest> all =
                new KeyValueStores(driver).digests().all()) {
            all.forEachRemaining(
                    entry -> sums.merge(BucketKey.parse(entry.key).tenant(), entry.value.digest(), IndexDigest::plus));
        }
        return sums;
    }

    private void pipe(TestInputTopic<byte[], byte[]> topic, FileEvent event) {
        topic.pipeInput(
                Topologies.key(Topics.FILE_EVENTS, event.key(), ids), Topologies.value(Topics.FILE_EVENTS, event, ids));
    }

    private double count(String outcome) {
        return meters.get("tftpdc.index.events")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    private static EventEnvelope envelope(SiteName origin, long wallMillis) {
        return new EventEnvelope(
                new EventId(new UUID(origin.hashCode(), wallMillis)),
                origin,
                HybridTime.of(wallMillis, 0),
                "user:anna");
    }

    private static FileEvent.FilePublished published(SiteName origin, long wallMillis, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        Sha256 hash = Sha256.of(bytes);
        return new FileEvent.FilePublished(
                envelope(origin, wallMillis),
                FILE,
                new FileContent(hash, bytes.length, FileContent.CHUNK_SIZE, new FileContent.Inline(List.of(hash))),
                "",
                Map.of());
    }
}
