package io.tftpdc.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.RejectedRecord;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.VersionVector;
import io.tftpdc.streams.Topologies;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.DerivedSchemaIds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishIntakeTopologyTest {
    private static final Duration IDLE = Duration.ofMinutes(30);

    @TempDir
    private Path directory;

    private final DerivedSchemaIds ids = new DerivedSchemaIds();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Map<FileKey, VersionVector> known = new HashMap<>();
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> publish;
    private TestOutputTopic<FileKey, FileEvent> events;
    private TestOutputTopic<Sha256, byte[]> content;
    private TestOutputTopic<byte[], RejectedRecord> rejected;

    @BeforeEach
    void open() {
        driver = Topologies.drive(
                Topologies.intake(ids, meters, IDLE, key -> known.getOrDefault(key, VersionVector.UNKNOWN)), directory);
        publish = Topologies.input(driver, "tftp.publish.acme");
        events = Topologies.output(driver, Topics.FILE_EVENTS, ids);
        content = Topologies.output(driver, Topics.CONTENT, ids);
        rejected = Topologies.output(driver, Topics.REJECTED, ids);
    }

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void theTopicSaysTheTenantAndTheEventsTimeIsNotBeforeTheRecords() {
        produce("a", "x");

        FileEvent event = events.readValue();
        assertThat(event.key()).isEqualTo(FileKey.of("acme", "a"));
        assertThat(event.envelope().time().wallMillis()).isEqualTo(Topologies.NOW.toEpochMilli());
    }

    @Test
    void anEventSaysWhatTheSitesIndexHadOfItsFile() {
        VersionVector seen = VersionVector.of(Map.of(new SiteName("dc2"), HybridTime.of(7, 1)));
        known.put(FileKey.of("acme", "a"), seen);
        produce("a", "x");
        produce("a", null);
        produce("b", "x");

        assertThat(events.readValuesToList())
                .extracting(FileEvent::seen)
                .containsExactly(seen, seen, VersionVector.UNKNOWN);
        assertThat(meters.get("tftpdc.intake.blind").counter().count()).isOne();
    }

    @Test
    void twoRecordsOfOneFileGetAscendingStampsAndTheSameRecordAlwaysTheSameId() {
        produce("a", "x");
        produce("a", "x");

        FileEvent first = events.readValue();
        FileEvent second = events.readValue();
        assertThat(second.stamp()).isGreaterThan(first.stamp());
        assertThat(second.envelope().eventId()).isNotEqualTo(first.envelope().eventId());
        assertThat(first.envelope().eventId())
                .isEqualTo(IntakeClock.eventId(
                        Topologies.SITE,
                        new RejectedRecord.Origin("tftp.publish.acme", 0, 0, Topologies.NOW.toEpochMilli()),
                        Optional.empty()));
        assertThat(first.envelope().eventId().value().version()).isEqualTo(8);
        assertThat(first.envelope().eventId().value().variant()).isEqualTo(2);
    }

    @Test
    void theVariantsOfOneRecordAreEventsOfTheirOwnOverTheSameContent() {
        publish.pipeInput(new TestRecord<>(
                "a".getBytes(UTF_8),
                "x".getBytes(UTF_8),
                new RecordHeaders().add("sites", "dc2,dc3".getBytes(UTF_8)),
                Topologies.NOW));

        FileEvent.FilePublished first = (FileEvent.FilePublished) events.readValue();
        FileEvent.FilePublished second = (FileEvent.FilePublished) events.readValue();
        assertThat(first.key()).isEqualTo(FileKey.of("acme", "@site/dc2/a"));
        assertThat(second.key()).isEqualTo(FileKey.of("acme", "@site/dc3/a"));
        assertThat(second.content()).isEqualTo(first.content());
        assertThat(second.envelope().eventId()).isNotEqualTo(first.envelope().eventId());
    }

    @Test
    void aBrokersClockFarAheadIsNotBelieved() {
        publish.pipeInput(
                new TestRecord<>("a".getBytes(UTF_8), "x".getBytes(UTF_8), Topologies.NOW.plus(Duration.ofDays(365))));

        assertThat(events.readValue().envelope().time().wallMillis()).isEqualTo(Topologies.NOW.toEpochMilli());
    }

    @Test
    void anEventIsLaterThanWhatItReplacesAlthoughThatCameFromASiteWhoseClockIsAhead() {
        HybridTime theirs =
                HybridTime.of(Topologies.NOW.plus(Duration.ofMinutes(2)).toEpochMilli(), 7);
        VersionVector seen = VersionVector.of(Map.of(new SiteName("dc2"), theirs));
        known.put(FileKey.of("acme", "a"), seen);
        known.put(FileKey.of("acme", "b"), seen);
        produce("a", "x");
        produce("b", null);

        assertThat(events.readValuesToList()).hasSize(2).allSatisfy(event -> {
            assertThat(event.seen()).isEqualTo(seen);
            assertThat(event.stamp().time()).isGreaterThan(theirs);
        });
    }

    @Test
    void whatIsKnownFromFarAheadIsNotBelieved() {
        HybridTime farAhead =
                HybridTime.of(Topologies.NOW.plus(Duration.ofHours(1)).toEpochMilli(), 0);
        known.put(FileKey.of("acme", "a"), VersionVector.of(Map.of(new SiteName("dc2"), farAhead)));
        produce("a", "x");

        assertThat(events.readValue().stamp().time().wallMillis()).isEqualTo(Topologies.NOW.toEpochMilli());
    }

    @Test
    void aClockThatWasSetBackRejectsUntilItIsRight() {
        KeyValueStore<String, Long> clock = driver.getKeyValueStore("intake-clock");
        clock.put(
                "last",
                HybridTime.of(Topologies.NOW.plusSeconds(360).toEpochMilli(), 0).packed());
        produce("a", "x");
        produce("a", null);
        produce("p", "part", "upload-id", "u", "part", "1", "parts", "2");
        assertThat(rejected.readValuesToList())
                .hasSize(3)
                .extracting(RejectedRecord::reason)
                .allSatisfy(reason -> assertThat(reason)
                        .contains(
                                "clock says 2026-06-01T12:00:00Z, but 2026-06-01T12:06:00Z was stamped already",
                                "360000 ms later; expected at most 300000 ms",
                                "publish again after 2026-06-01T12:01:00Z, or until then through REST"));
        assertThat(content.isEmpty() && events.isEmpty()).isTrue();

        driver.advanceWallClockTime(Duration.ofSeconds(61));
        produce("p", "part", "upload-id", "u", "part", "1", "parts", "2");
        produce("p", "whole", "upload-id", "u", "part", "2", "parts", "2");

        assertThat(rejected.isEmpty()).isTrue();
        assertThat(events.readValue().stamp().time().wallMillis())
                .isEqualTo(Topologies.NOW.plusSeconds(360).toEpochMilli());
        assertThat(meters.get("tftpdc.intake.rejected")
                        .tag("reason", "clock-behind")
                        .counter()
                        .count())
                .isEqualTo(3);
    }

    @Test
    void aRecordWithoutAValueBecomesARemoval() {
        produce("a", null);

        assertThat(events.readValue()).isInstanceOf(FileEvent.FileRemoved.class);
        assertThat(content.isEmpty()).isTrue();
    }

    @Test
    void aBadRecordIsRejectedWithItsPlaceAndTheNextOneGoesOn() {
        produce("../x", "bad", "sha256", "nonsense");
        produce("good", "x");

        RejectedRecord record = rejected.readValue();
        assertThat(record.reason()).contains("could leave the tenant");
        assertThat(record.topic()).isEqualTo("tftp.publish.acme");
        assertThat(record.processor()).isEqualTo("publish-intake");
        assertThat(record.offset()).isZero();
        assertThat(record.headers()).extracting(RejectedRecord.Header::name).containsExactly("sha256");
        assertThat(events.readKeyValuesToList()).hasSize(1);
        assertThat(meters.get("tftpdc.intake.rejected")
                        .tag("reason", "bad-path")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aHugeRejectedRecordIsNamedByItsPlaceAndNotCopied() {
        publish.pipeInput("../x".repeat(20_000).getBytes(UTF_8), new byte[RejectedRecord.MAX_KEPT_BYTES + 1]);

        TestRecord<byte[], RejectedRecord> record = rejected.readRecord();
        assertThat(record.value().value()).isNull();
        assertThat(record.value().valueSize()).isEqualTo(RejectedRecord.MAX_KEPT_BYTES + 1);
        assertThat(record.key()).hasSize(RejectedRecord.MAX_KEPT_KEY_BYTES);
    }

    @Test
    void aReasonThatQuotesTwoMebibytesIsCut() {
        produce("a", "x", "label." + "n".repeat(2 << 20), "v");
        RejectedRecord quoted = new RejectedRecord(
                Topologies.SITE, "p", "t", 0, 0, 0, null, List.of(), null, 0, "\ud83d\ude00".repeat(1 << 20));

        assertThat(rejected.readValue().reason()).hasSizeLessThan(500);
        assertThat(quoted.reason())
                .hasSizeLessThanOrEqualTo(RejectedRecord.MAX_REASON_CHARS)
                .endsWith("\ude00…");
    }

    @Test
    void aTopicThatEndsInNoTenantIsRejected() {
        Topologies.input(driver, "tftp.publish.-").pipeInput("a".getBytes(UTF_8), "x".getBytes(UTF_8));

        assertThat(rejected.readValue().reason()).contains("does not end in a tenant's name");
    }

    @Test
    void partsOfTwoUploadsOfOneFileDoNotMix() {
        produce("a", "1", "upload-id", "u1", "part", "1", "parts", "2");
        produce("a", "x", "upload-id", "u2", "part", "1", "parts", "2");
        produce("a", "2", "upload-id", "u1", "part", "2", "parts", "2");
        produce("a", "y", "upload-id", "u2", "part", "2", "parts", "2");

        assertThat(events.readValuesToList())
                .extracting(event -> ((FileEvent.FilePublished) event).content().hash())
                .containsExactly(Sha256.of("12".getBytes(UTF_8)), Sha256.of("xy".getBytes(UTF_8)));
        assertThat(rejected.isEmpty()).isTrue();
    }

    @Test
    void anUploadThatPausesTooLongIsRejectedByTheClock() {
        produce("a", "1", "upload-id", "u", "part", "1", "parts", "3");

        driver.advanceWallClockTime(IDLE.minusMinutes(1));
        assertThat(rejected.isEmpty()).isTrue();
        driver.advanceWallClockTime(Duration.ofMinutes(2));

        RejectedRecord record = rejected.readValue();
        assertThat(record.reason()).startsWith("part 2 of 3 of upload u never came");
        assertThat(record.topic()).isEqualTo("tftp.publish.acme");
        assertThat(List.of(driver.getKeyValueStore(UploadStore.NAME).all().hasNext()))
                .containsExactly(false);
    }

    private void produce(String key, @Nullable String value, String... headers) {
        RecordHeaders list = new RecordHeaders();
        for (int i = 0; i < headers.length; i += 2) {
            list.add(headers[i], headers[i + 1].getBytes(UTF_8));
        }
        publish.pipeInput(new TestRecord<>(
                key.getBytes(UTF_8), value == null ? null : value.getBytes(UTF_8), list, Topologies.NOW));
    }
}
