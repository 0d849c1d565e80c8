package io.tftpdc.edge.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tftpdc.edge.upload.Spool.Spooled;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one bad file on disk means for the others. */
class SpoolPublisherTest {
    @TempDir
    private Path directory;

    private final FakeKafka kafka = new FakeKafka().confirmingAtOnce();
    private final List<SpoolEntry> setAside = new CopyOnWriteArrayList<>();
    private Spool spool;
    private SpoolPublisher publisher;

    @BeforeEach
    void open() throws IOException {
        spool = Spool.open(directory, Long.MAX_VALUE);
        publisher = new SpoolPublisher(spool, kafka, setAside::add);
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
                Map.of()));
    }
}
