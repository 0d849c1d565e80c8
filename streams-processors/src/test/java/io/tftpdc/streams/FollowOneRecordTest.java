package io.tftpdc.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.Sha256;
import io.tftpdc.index.FileRevision;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.DerivedSchemaIds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Record in, index entry out: the whole path of one published file.
 *
 * <pre>
 *   producer ─► tftp.publish.default ─► intake ─┬─► tftp.content ─► locator ─► tftp.content-locations
 *                                               └─► tftp.file-events ─► projector ─► tftp.file-index
 * </pre>
 */
class FollowOneRecordTest {
    @TempDir
    private Path directory;

    @Test
    void aRecordBecomesChunksAnEventAnIndexEntryAndLocations() {
        DerivedSchemaIds ids = new DerivedSchemaIds();
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        FileKey file = FileKey.of("default", "boot/pxelinux.0");
        byte[] bytes = new byte[700_000];
        bytes[0] = 42;

        try (TopologyTestDriver intake = Topologies.drive(
                        Topologies.intake(ids, meters, Duration.ofHours(1)), directory.resolve("intake"));
                TopologyTestDriver index = Topologies.drive(Topologies.index(ids, meters), directory.resolve("index"));
                TopologyTestDriver locations =
                        Topologies.drive(Topologies.locations(ids, meters), directory.resolve("locations"))) {

            // Somebody produces one record: the key is the path, the value is the file.
            Topologies.input(intake, "tftp.publish.default").pipeInput("boot/pxelinux.0".getBytes(UTF_8), bytes);

            // The intake cuts it into chunks of 512 KiB, each under the hash of its bytes.
            List<KeyValue<Sha256, byte[]>> chunks =
                    Topologies.output(intake, Topics.CONTENT, ids).readKeyValuesToList();
            assertThat(chunks)
                    .extracting(chunk -> chunk.value.length)
                    .containsExactly(FileContent.CHUNK_SIZE, 700_000 - FileContent.CHUNK_SIZE);
            assertThat(chunks)
                    .allSatisfy(chunk -> assertThat(Sha256.of(chunk.value)).isEqualTo(chunk.key));

            // Then it says what happened, once, naming the chunks.
            TestRecord<FileKey, FileEvent> event =
                    Topologies.output(intake, Topics.FILE_EVENTS, ids).readRecord();
            FileEvent.FilePublished published = (FileEvent.FilePublished) event.value();
            assertThat(event.key()).isEqualTo(file);
            assertThat(published.content().hash()).isEqualTo(Sha256.of(bytes));
            assertThat(published.content().chunks())
                    .isEqualTo(new FileContent.Inline(List.of(chunks.get(0).key, chunks.get(1).key)));
            assertThat(published.envelope().origin()).isEqualTo(Topologies.SITE);
            assertThat(published.envelope().actor()).isEqualTo("kafka:tftp.publish.default");

            // The projector folds the event into the entry of the file and forwards the entry.
            Topologies.input(index, "tftp.file-events")
                    .pipeInput(
                            Topologies.key(Topics.FILE_EVENTS, file, ids),
                            Topologies.value(Topics.FILE_EVENTS, published, ids));
            FileRevision.Published current = Topologies.output(index, Topics.FILE_INDEX, ids)
                    .readRecord()
                    .value()
                    .current()
                    .orElseThrow();
            assertThat(current.stamp()).isEqualTo(published.stamp());
            assertThat(current.content()).isEqualTo(published.content());

            // And the locator notes where in Kafka each chunk lies.
            chunks.forEach(
                    chunk -> Topologies.input(locations, "tftp.content").pipeInput(chunk.key.bytes(), chunk.value));
            assertThat(Topologies.output(locations, Topics.CONTENT_LOCATIONS, ids)
                            .readKeyValuesToMap())
                    .containsEntry(chunks.get(0).key, new ContentLocation("tftp.content", 0, 0, FileContent.CHUNK_SIZE))
                    .containsEntry(
                            chunks.get(1).key,
                            new ContentLocation("tftp.content", 0, 1, 700_000 - FileContent.CHUNK_SIZE));
        }
    }
}
