package io.tftpdc.projection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.RejectedRecord;
import io.tftpdc.event.Sha256;
import io.tftpdc.streams.Topologies;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.DerivedSchemaIds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentLocationTopologyTest {
    private static final byte[] CHUNK = "some bytes".getBytes(UTF_8);
    private static final Sha256 HASH = Sha256.of(CHUNK);

    @TempDir
    private Path directory;

    private final DerivedSchemaIds ids = new DerivedSchemaIds();
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> own;
    private TestInputTopic<byte[], byte[]> mirrored;
    private TestOutputTopic<Sha256, ContentLocation> locations;
    private TestOutputTopic<byte[], RejectedRecord> rejected;

    @BeforeEach
    void open() {
        driver = Topologies.drive(Topologies.locations(ids, new SimpleMeterRegistry()), directory);
        own = Topologies.input(driver, "tftp.content");
        mirrored = Topologies.input(driver, "dc2.tftp.content");
        locations = Topologies.output(driver, Topics.CONTENT_LOCATIONS, ids);
        rejected = Topologies.output(driver, Topics.REJECTED, ids);
    }

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void aChunkWrittenAgainMovesToItsLaterPlace() {
        own.pipeInput(HASH.bytes(), CHUNK);
        own.pipeInput(HASH.bytes(), CHUNK);

        assertThat(locations.readValuesToList()).containsExactly(place("tftp.content", 0), place("tftp.content", 1));
    }

    @Test
    void theOwnTopicIsPreferredToAMirroredOne() {
        mirrored.pipeInput(HASH.bytes(), CHUNK);
        own.pipeInput(HASH.bytes(), CHUNK);
        mirrored.pipeInput(HASH.bytes(), CHUNK);

        assertThat(locations.readValuesToList())
                .containsExactly(place("dc2.tftp.content", 0), place("tftp.content", 1));
    }

    @Test
    void aTombstoneForgetsThePlaceInItsTopicOnly() {
        own.pipeInput(HASH.bytes(), CHUNK);
        mirrored.pipeInput(HASH.bytes(), (byte[]) null);
        own.pipeInput(HASH.bytes(), (byte[]) null);

        List<KeyValue<Sha256, ContentLocation>> written = locations.readKeyValuesToList();
        assertThat(written).hasSize(2);
        assertThat(written.get(0).value).isEqualTo(place("tftp.content", 0));
        assertThat(written.get(1).key).isEqualTo(HASH);
        assertThat(written.get(1).value).isNull();
    }

    @Test
    void aChunkUnderAnotherKeyThanItsHashIsRejected() {
        own.pipeInput(HASH.bytes(), "others".getBytes(UTF_8));
        own.pipeInput("short".getBytes(UTF_8), CHUNK);
        own.pipeInput(null, CHUNK);
        own.pipeInput(HASH.bytes(), CHUNK);

        assertThat(rejected.readValuesToList())
                .extracting(RejectedRecord::reason)
                .satisfiesExactly(
                        reason -> assertThat(reason).contains("publish the file again"),
                        reason -> assertThat(reason).contains("5 bytes"),
                        reason -> assertThat(reason).contains("missing"));
        assertThat(locations.readValuesToList()).containsExactly(place("tftp.content", 3));
    }

    @Test
    void theChoiceOfAPlaceDoesNotDependOnTheOrder() {
        List<ContentLocation> places = new ArrayList<>();
        for (String topic : List.of("tftp.content", "dc2.tftp.content", "dc3.tftp.content")) {
            for (int offset = 0; offset < 3; offset++) {
                places.add(place(topic, offset));
            }
        }
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            Collections.shuffle(places, random);
            assertThat(places.stream().reduce(LocationFold::merge)).contains(place("tftp.content", 2));
        }
    }

    @Test
    void onlyTheTopicAndItsMirrorsAreRead() {
        assertThat("tftp.content").matches(SiteTopics.pattern(Topics.CONTENT));
        assertThat("dc-2.tftp.content").matches(SiteTopics.pattern(Topics.CONTENT));
        for (String other : List.of(
                "tftp.content-locations",
                "a.b.tftp.content",
                "-a.tftp.content",
                "xtftp.content",
                ".tftp.content",
                "A.tftp.content",
                "tftpxcontent")) {
            assertThat(other).doesNotMatch(SiteTopics.pattern(Topics.CONTENT));
        }
    }

    private static ContentLocation place(String topic, long offset) {
        return new ContentLocation(topic, 0, offset, CHUNK.length);
    }
}
