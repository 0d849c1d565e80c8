package io.tftpdc.edge.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tftpdc.edge.upload.Spool.Spooled;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.VersionVector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What one bad file on disk, or one that Kafka does not want, means for the others. */
class SpoolPublisherTest {
    private static final SpoolPublisher.Patience HASTY = new SpoolPublisher.Patience(1, 5, 20, 4);

    @TempDir
    private Path directory;

    private final FakeKafka kafka = new FakeKafka().confirmingAtOnce();
    private final List<SpoolEntry> setAside = new CopyOnWriteArrayList<>();
    private Spool spool;
    private SpoolPublisher publisher;

    @BeforeEach
    void open() throws IOException {
        spool = Spool.open(directory, Long.MAX_VALUE);
        publisher = publisher(SpoolPublisher.Patience.DEFAULT);
    }

    @AfterEach
    void close() {
        publisher.close();
    }

    @Test
    void aFileThatCannotBeReadHoldsBackOnlyItsOwnLaterVersions() throws IOException {
        Spooled unreadable = keep("a", "1");
        keep("b", "2");
        keep("a", "3");
        keep("c", "4");
        byte[] whole = Files.readAllBytes(unreadable.file());
        Files.delete(unreadable.file());
        Files.createDirectory(unreadable.file()); // reading it is an I/O error, whoever the user is

        publisher.start();

        await().untilAsserted(() -> assertThat(publishedContent()).containsExactly("2", "4"));
        await().untilAsserted(() -> assertThat(publisher.problem()).contains("1 cannot be read from disk"));
        assertThat(spool.count()).isEqualTo(2);
        assertThat(spool.damaged()).isZero();

        Path restored = directory.resolve("restored");
        Files.write(restored, whole);
        Files.delete(unreadable.file());
        Files.move(restored, unreadable.file());

        await().untilAsserted(() -> assertThat(publishedContent()).containsExactly("2", "4", "1", "3"));
        await().until(() -> publisher.problem().isEmpty() && spool.count() == 0);
        assertThat(setAside).isEmpty();
    }

    @Test
    void aFileThatIsGoneOrGarbledIsGivenUpAndTheOthersArePublished() throws IOException {
        Spooled gone = keep("a", "1");
        Spooled garbled = keep("b", "2");
        keep("a", "3");
        Files.delete(gone.file());
        byte[] whole = Files.readAllBytes(garbled.file());
        whole[0] ^= 1;
        Files.write(garbled.file(), whole);

        publisher.start();

        await().untilAsserted(() -> assertThat(publishedContent()).containsExactly("3"));
        await().until(() -> spool.count() == 0);
        assertThat(spool.damaged()).isEqualTo(2);
        assertThat(setAside).containsExactly(gone.entry(), garbled.entry());
        assertThat(directory.resolve("damaged").resolve(garbled.file().getFileName()))
                .exists();
    }

    @Test
    void whileKafkaIsAwayNothingIsSetAside() throws IOException {
        kafka.refuseAll(true);
        keep("a", "1");
        publisher.start();
        await().until(() -> publisher.failures() >= 2);
        assertThat(publisher.problem()).contains("no broker answers");

        kafka.refuseAll(false);

        await().untilAsserted(() -> assertThat(publishedContent()).containsExactly("1"));
        assertThat(spool.damaged()).isZero();
    }

    static List<RuntimeException> refusals() {
        return List.of(
                new RecordTooLargeException("larger than max.message.bytes"),
                new InvalidRecordException("the broker does not want it"),
                new PolicyViolationException("by policy"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void whatKafkaRefusesForGoodIsSetAsideAfterSomeTriesAndTheOthersArePublished(RuntimeException refusal)
            throws IOException {
        Spooled refused = keep("a", "1");
        keep("b", "2");
        keep("a", "3");
        keep("c", "4");
        AtomicInteger tries = new AtomicInteger();
        kafka.refuse(value ->
                isEventOf(value, "1") && tries.incrementAndGet() > 0 ? Optional.of(refusal) : Optional.empty());
        List<String> publishedBefore = new CopyOnWriteArrayList<>();
        publisher = publisher(HASTY, entry -> publishedBefore.addAll(publishedContent()));

        publisher.start();

        await().untilAsserted(() -> assertThat(publishedContent()).containsExactly("2", "4", "3"));
        await().until(() -> spool.count() == 0);
        assertThat(publishedBefore).containsExactly("2", "4");
        assertThat(tries).hasValue(HASTY.mostRefusals());
        assertThat(setAside).containsExactly(refused.entry());
        assertThat(spool.damaged()).isOne();
        Path aside = directory.resolve("damaged").resolve(refused.file().getFileName());
        assertThat(aside).exists();
        assertThat(aside.resolveSibling(aside.getFileName() + ".reason"))
                .content()
                .contains("refused default/a 4 times", String.valueOf(refusal.getMessage()), "back to waiting");
        await().until(() -> publisher.problem().isEmpty());
    }

    @Test
    void aChunkThatKafkaRefusesForGoodIsNoLessForGood() throws IOException {
        keep("a", "1");
        keep("b", "2");
        kafka.refuse(value -> value instanceof byte[] chunk && chunk[0] == '1'
                ? Optional.of(new RecordTooLargeException("larger than max.message.bytes"))
                : Optional.empty());
        publisher = publisher(HASTY);

        publisher.start();

        await().untilAsserted(() -> assertThat(publishedContent()).containsExactly("2"));
        await().until(() -> spool.count() == 0);
        assertThat(spool.damaged()).isOne();
    }

    /** The producer sends small records together, and the broker refuses them together. */
    @Test
    void oneThatFailsBecauseItTravelsWithARefusedOneIsPublishedWithoutIt() throws IOException {
        keep("a", "1");
        Spooled refused = keep("b", "2");
        kafka.refuse(value -> {
            if (isEventOf(value, "2")) {
                return Optional.of(new InvalidRecordException("the broker does not want it"));
            }
            return isEventOf(value, "1") && !publisher.problem().contains("1 is refused by Kafka")
                    ? Optional.of(new KafkaException("it was part of a batch with an invalid record"))
                    : Optional.empty();
        });
        publisher = publisher(HASTY);

        publisher.start();

        await().untilAsserted(() -> assertThat(publishedContent()).containsExactly("1"));
        await().until(() -> spool.count() == 0);
        assertThat(setAside).containsExactly(refused.entry());
    }

    @Test
    void whatKafkaTakesAfterAllIsPublishedAndNotSetAside() throws IOException {
        keep("a", "1");
        AtomicInteger tries = new AtomicInteger();
        kafka.refuse(value -> isEventOf(value, "1") && tries.incrementAndGet() < HASTY.mostRefusals()
                ? Optional.of(new PolicyViolationException("by policy"))
                : Optional.empty());
        publisher = publisher(HASTY);

        publisher.start();

        await().untilAsserted(() -> assertThat(publishedContent()).containsExactly("1"));
        await().until(() -> spool.count() == 0);
        assertThat(spool.damaged()).isZero();
    }

    static List<RuntimeException> passingTroubles() {
        return List.of(
                new TimeoutException("no broker answers"),
                new TopicAuthorizationException("tftp.file-events"),
                new SaslAuthenticationException("the password has changed"),
                new KafkaException("the producer is fenced"));
    }

    @ParameterizedTest
    @MethodSource("passingTroubles")
    void whatMayPassIsWaitedForHoweverLongItTakes(RuntimeException trouble) throws IOException {
        keep("a", "1");
        keep("b", "2");
        kafka.refuse(value -> Optional.of(trouble));
        publisher = publisher(HASTY);
        publisher.start();
        await().until(() -> publisher.failures() > 3 * HASTY.mostRefusals());
        assertThat(publisher.problem()).contains(String.valueOf(trouble.getMessage()));

        kafka.refuse(value -> Optional.empty());

        // In any order: the first may have been refused for the last time when the second no longer is.
        await().untilAsserted(() -> assertThat(publishedContent()).containsExactlyInAnyOrder("1", "2"));
        assertThat(spool.damaged()).isZero();
        assertThat(setAside).isEmpty();
    }

    private SpoolPublisher publisher(SpoolPublisher.Patience patience) {
        return publisher(patience, entry -> {});
    }

    private SpoolPublisher publisher(SpoolPublisher.Patience patience, Consumer<SpoolEntry> first) {
        return new SpoolPublisher(spool, kafka, first.andThen(setAside::add), patience);
    }

    private static boolean isEventOf(Object value, String content) {
        return value instanceof FileEvent.FilePublished event
                && event.envelope().actor().equals(content);
    }

    private List<String> publishedContent() {
        synchronized (kafka) {
            return kafka.published().stream()
                    .map(event -> event.envelope().actor())
                    .toList();
        }
    }

    /** The actor is the content too, so that events tell which one they are of. */
    private Spooled keep(String path, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        Spool.Part part = spool.begin(bytes.length);
        part.write(ByteBuffer.wrap(bytes));
        return part.keep(new SpoolEntry(
                FileKey.of("default", path),
                Sha256.of(bytes),
                bytes.length,
                new EventEnvelope(
                        new EventId(new UUID(1, bytes[0])), new SiteName("dc1"), HybridTime.of(1_000, 7), content),
                Map.of(),
                VersionVector.NOTHING));
    }
}
