package io.tftpdc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.event.EventId;
import io.tftpdc.event.EventStamp;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridClock;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.ObjectLocation;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileRevision;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.DerivedSchemaIds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class FilePublisherTest {
    private static final FileKey KEY = FileKey.of("default", "boot/x");
    private static final SiteName SITE = new SiteName("dc1");

    private final MockProducer<byte[], byte[]> kafka =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final DerivedSchemaIds ids = new DerivedSchemaIds();
    private final AtomicLong now = new AtomicLong(1_000);
    private final FilePublisher publisher =
            new FilePublisher(new TopicWriter(kafka, ids), SITE, new HybridClock(now::get));

    @Test
    void chunksComeFirstAndTheEventLast() throws IOException {
        byte[] bytes = random(2 * FileContent.CHUNK_SIZE + 1);

        FileEvent.FilePublished event = published(publisher.publish(PublishRequest.of(KEY, "user:anna"), in(bytes)));

        assertThat(kafka.history())
                .extracting(ProducerRecord::topic)
                .containsExactly("tftp.content", "tftp.content", "tftp.content", "tftp.file-events");
        assertThat(event.content().hash()).isEqualTo(Sha256.of(bytes));
        assertThat(event.content().size()).isEqualTo(bytes.length);
        assertThat(recorded()).isEqualTo(event);
    }

    @Test
    void anObjectIsPublishedWhereItLiesWithoutItsChunks() throws IOException {
        byte[] bytes = random(2 * FileContent.CHUNK_SIZE + 1);
        ObjectLocation object = new ObjectLocation("s3://firmware/x");

        FileEvent.FilePublished there =
                published(publisher.publishAt(PublishRequest.of(KEY, "user:anna"), object, in(bytes)));
        FileEvent.FilePublished inKafka = published(publisher.publish(PublishRequest.of(KEY, "user:anna"), in(bytes)));

        assertThat(kafka.history().getFirst().topic()).isEqualTo("tftp.file-events");
        assertThat(there.content()).isEqualTo(inKafka.content().at(object));
    }

    @Test
    void ofALargeObjectTheListOfChunksIsInKafka() throws IOException {
        long size = (FileContent.MAX_INLINE_CHUNKS + 1L) * FileContent.CHUNK_SIZE;
        InputStream zeros = new InputStream() {
            private long left = size;

            @Override
            public int read() {
                return left-- > 0 ? 0 : -1;
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                int count = (int) Math.min(length, left);
                left -= count;
                return count == 0 ? -1 : count;
            }
        };

        FileEvent.FilePublished event = published(
                publisher.publishAt(PublishRequest.of(KEY, "user:anna"), new ObjectLocation("s3://firmware/x"), zeros));

        assertThat(kafka.history())
                .extracting(ProducerRecord::topic)
                .containsExactly("tftp.content", "tftp.file-events");
        assertThat(kafka.history().getFirst().value()).hasSize((FileContent.MAX_INLINE_CHUNKS + 1) * Sha256.BYTES);
        assertThat(event.content().chunks()).isInstanceOf(FileContent.Manifest.class);
        assertThat(event.content().size()).isEqualTo(size);
    }

    @Test
    void aLocationThatIsACredentialIsRefused() throws IOException {
        PublishOutcome outcome = publisher.publishAt(
                PublishRequest.of(KEY, "user:anna"), new ObjectLocation("https://h/x?sig=1"), in(random(1)));

        assertThat(outcome).isInstanceOfSatisfying(PublishOutcome.Refused.class, refused -> assertThat(refused.cause())
                .isEqualTo(PublishOutcome.Cause.BAD_DESCRIPTION));
        assertThat(kafka.history()).isEmpty();
    }

    @Test
    void filesOfTheSameContentShareItsChunks() throws IOException {
        FileIndexEntry other = FileIndexEntry.empty(FileKey.of("default", "@site/dc3/x"));

        PublishOutcome outcome = publisher.publish(
                PublishRequest.of(FileKey.of("default", "@site/dc2/x"), "user:anna")
                        .withOthers(List.of(other)),
                in(random(10)));

        assertThat(kafka.history())
                .extracting(ProducerRecord::topic)
                .containsExactly("tftp.content", "tftp.file-events", "tftp.file-events");
        assertThat(((PublishOutcome.Accepted) outcome).events())
                .extracting(event -> event.key().path().value())
                .containsExactly("@site/dc2/x", "@site/dc3/x");
    }

    @Test
    void aNameSetApartForVariantsIsRefusedUnlessItIsOne() throws IOException {
        PublishOutcome outcome =
                publisher.publish(PublishRequest.of(FileKey.of("default", "@site/x"), "user:anna"), in(random(10)));

        assertThat(outcome).isInstanceOfSatisfying(PublishOutcome.Refused.class, refused -> {
            assertThat(refused.cause()).isEqualTo(PublishOutcome.Cause.BAD_PATH);
            assertThat(refused.reason()).contains("expected @site/SITE/PATH");
        });
        assertThat(kafka.history()).isEmpty();
    }

    @Test
    void anEmptyFileIsAnEventWithoutChunks() throws IOException {
        FileEvent.FilePublished event =
                published(publisher.publish(PublishRequest.of(KEY, "user:anna"), in(new byte[0])));

        assertThat(event.content().chunks()).isEqualTo(new FileContent.Inline(List.of()));
        assertThat(kafka.history()).hasSize(1);
    }

    @Test
    void aChunkThatComesAgainInTheSameFileIsWrittenOnce() throws IOException {
        FileEvent.FilePublished event = published(
                publisher.publish(PublishRequest.of(KEY, "user:anna"), in(new byte[4 * FileContent.CHUNK_SIZE])));

        assertThat(event.content().chunkCount()).isEqualTo(4);
        assertThat(kafka.history()).hasSize(2);
    }

    @Test
    void anotherHashThanAnnouncedLeavesNoEvent() throws IOException {
        PublishOutcome outcome = publisher.publish(
                PublishRequest.of(KEY, "user:anna").expectingHash(new Sha256(0, 0, 0, 1)), in(random(10)));

        assertThat(outcome).isInstanceOfSatisfying(PublishOutcome.Refused.class, refused -> {
            assertThat(refused.cause()).isEqualTo(PublishOutcome.Cause.HASH_DIFFERS);
            assertThat(refused.reason()).contains("expected 00000000", "Nothing was published");
        });
        assertThat(kafka.history()).extracting(ProducerRecord::topic).containsOnly("tftp.content");
    }

    @Test
    void anotherSizeThanAnnouncedLeavesNoEvent() throws IOException {
        PublishOutcome outcome =
                publisher.publish(PublishRequest.of(KEY, "user:anna").expectingSize(11), in(random(10)));

        assertThat(outcome).isInstanceOfSatisfying(PublishOutcome.Refused.class, refused -> assertThat(refused.cause())
                .isEqualTo(PublishOutcome.Cause.SIZE_DIFFERS));
        assertThat(kafka.history()).extracting(ProducerRecord::topic).containsOnly("tftp.content");
    }

    @Test
    void labelsThatTheIndexWouldNotTakeAreRefusedBeforeAnythingIsRead() throws IOException {
        InputStream unread = new InputStream() {
            @Override
            public int read() {
                throw new AssertionError("the source was read");
            }
        };

        PublishOutcome outcome = publisher.publish(
                PublishRequest.of(KEY, "user:anna").withLabels(Map.of("model", "x".repeat(257))), unread);

        assertThat(outcome).isInstanceOfSatisfying(PublishOutcome.Refused.class, refused -> {
            assertThat(refused.cause()).isEqualTo(PublishOutcome.Cause.BAD_DESCRIPTION);
            assertThat(refused.reason()).contains("default/boot/x", "label model", "expected up to 256");
        });
        assertThat(kafka.history()).isEmpty();
    }

    @Test
    void tooLargeASourceIsLeftUnreadAfterTheLimit() throws IOException {
        PublishOutcome outcome = publisher.publish(
                PublishRequest.of(KEY, "user:anna").withMaxSize(FileContent.CHUNK_SIZE),
                in(random(3 * FileContent.CHUNK_SIZE)));

        assertThat(outcome).isInstanceOfSatisfying(PublishOutcome.Refused.class, refused -> assertThat(refused.cause())
                .isEqualTo(PublishOutcome.Cause.TOO_LARGE));
        assertThat(kafka.history()).extracting(ProducerRecord::topic).containsExactly("tftp.content");
    }

    @Test
    void aSourceThatBreaksOffLeavesNoEvent() {
        InputStream breaking = new SequenceInputStream(in(random(FileContent.CHUNK_SIZE + 9)), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the client has gone");
            }
        });

        assertThatThrownBy(() -> publisher.publish(PublishRequest.of(KEY, "user:anna"), breaking))
                .isInstanceOf(IOException.class)
                .hasMessage("the client has gone");
        assertThat(kafka.history()).extracting(ProducerRecord::topic).containsOnly("tftp.content");
    }

    @Test
    void contentThatKafkaRefusesLeavesNoEvent() {
        kafka.sendException = new TimeoutException("no broker answers");

        assertThatThrownBy(() -> publisher.publish(PublishRequest.of(KEY, "user:anna"), in(random(10))))
                .isInstanceOf(PublishFailedException.class)
                .hasMessageContaining("no broker answers")
                .hasMessageContaining("Nothing was published");
        assertThat(kafka.history()).isEmpty();
    }

    @Test
    void theNewVersionIsGreaterThanTheOneThatItReplacesWhateverTheClockSays() throws IOException {
        EventStamp ahead = new EventStamp(HybridTime.of(200_000, 3), new SiteName("dc2"), new EventId(new UUID(1, 1)));
        FileIndexEntry current = new FileIndexEntry(KEY, List.of(new FileRevision.Removed(ahead, "user:bert")));

        FileEvent.FilePublished event =
                published(publisher.publish(PublishRequest.of(current, "user:anna"), in(random(1))));

        assertThat(event.stamp()).isGreaterThan(ahead);
    }

    @Test
    void clockThatWasSetBackPublishesNothingUntilItIsRight() throws IOException {
        now.set(1_000_000_000);
        published(publisher.publish(PublishRequest.of(KEY, "user:anna"), in(random(1))));
        now.addAndGet(-300_001);
        int written = kafka.history().size();

        PublishOutcome late = publisher.publish(PublishRequest.of(KEY, "user:anna"), in(random(1)));
        now.addAndGet(1);
        PublishOutcome allowed = publisher.publish(PublishRequest.of(KEY, "user:anna"), in(random(1)));

        assertThat(late).isInstanceOfSatisfying(PublishOutcome.Refused.class, refused -> {
            assertThat(refused.cause()).isEqualTo(PublishOutcome.Cause.CLOCK_BEHIND);
            assertThat(refused.reason())
                    .contains(
                            "default/boot/x: this machine's clock says 1970-01-12T13:41:39.999Z",
                            "but 1970-01-12T13:46:40Z was stamped already, 300001 ms later",
                            "expected at most 300000 ms",
                            "Set the clock (NTP)",
                            "publish again after 1970-01-12T13:41:40Z");
        });
        assertThat(allowed).isInstanceOf(PublishOutcome.Accepted.class);
        // A chunk and an event of the last one, nothing of the one before.
        assertThat(kafka.history()).hasSize(written + 2);
    }

    @Test
    void versionThatIsStampedFarAheadOfOurClockIsNotReplacedInVain() throws IOException {
        EventStamp ahead =
                new EventStamp(HybridTime.of(9_000_000, 3), new SiteName("dc2"), new EventId(new UUID(1, 1)));
        FileIndexEntry current = new FileIndexEntry(KEY, List.of(new FileRevision.Removed(ahead, "user:bert")));

        PublishOutcome outcome = publisher.publish(PublishRequest.of(current, "user:anna"), in(random(1)));

        assertThat(outcome).isInstanceOfSatisfying(PublishOutcome.Refused.class, refused -> assertThat(refused.cause())
                .isEqualTo(PublishOutcome.Cause.CLOCK_BEHIND));
        assertThat(kafka.history()).isEmpty();
    }

    @Test
    void whatIsNotThereCannotBeRemoved() throws IOException {
        assertThat(publisher.remove(FileIndexEntry.empty(KEY), "user:anna"))
                .isInstanceOfSatisfying(PublishOutcome.Refused.class, refused -> assertThat(refused.cause())
                        .isEqualTo(PublishOutcome.Cause.ABSENT));
        assertThat(kafka.history()).isEmpty();
    }

    @Test
    void aRemovalIsAnEventWithAStamp() throws IOException {
        FileEvent.FilePublished published =
                published(publisher.publish(PublishRequest.of(KEY, "user:anna"), in(random(1))));
        FileIndexEntry current = new FileIndexEntry(
                KEY,
                List.of(new FileRevision.Published(published.stamp(), "user:anna", published.content(), "", Map.of())));

        publisher.remove(current, "user:bert");

        assertThat(recorded()).isInstanceOf(FileEvent.FileRemoved.class);
        assertThat(recorded().stamp()).isGreaterThan(published.stamp());
    }

    private FileEvent recorded() {
        ProducerRecord<byte[], byte[]> last =
                kafka.history().get(kafka.history().size() - 1);
        return Topics.FILE_EVENTS.valueSerde(ids).deserializer().deserialize(last.topic(), last.value());
    }

    private static FileEvent.FilePublished published(PublishOutcome outcome) {
        return (FileEvent.FilePublished) ((PublishOutcome.Accepted) outcome).event();
    }

    private static InputStream in(byte[] bytes) {
        return new ByteArrayInputStream(bytes);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
