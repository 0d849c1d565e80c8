package io.tftpdc.edge.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.edge.upload.Spool.Spooled;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.VersionVector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
    private static final long ROOM = 1 << 20;

    @TempDir
    private Path directory;

    @Test
    void whatWasKeptIsThereAfterARestartInTheOrderOfKeeping() throws IOException {
        Spool spool = Spool.open(directory, ROOM);
        Spool.Part early = spool.begin(0);
        keep(spool, "backup/b", "second, as it is kept first");
        early.write(buffer("first to begin"));
        early.keep(entry("backup/a", "first to begin"));

        Spool again = Spool.open(directory, ROOM);

        List<Spooled> waiting = again.waiting(0, 10);
        assertThat(waiting)
                .extracting(spooled -> spooled.entry().key().path().value())
                .containsExactly("backup/b", "backup/a");
        assertThat(waiting.get(1).entry()).isEqualTo(entry("backup/a", "first to begin"));
        assertThat(content(waiting.get(1))).isEqualTo("first to begin");
        assertThat(again.bytes()).isEqualTo(spool.bytes()).isEqualTo(27 + 14);
    }

    @Test
    void whatTheDiskLostMeanwhileIsNotKeptThoughItIsSilentAboutItAtTheEnd() throws IOException {
        CountDownLatch told = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        Spool spool = Spool.open(directory, 2 * ForcedFile.FORCE_EVERY_BYTES, file -> {
            if (calls.getAndIncrement() == 0) {
                told.countDown();
                throw new IOException("Input/output error");
            }
        });
        byte[] content = new byte[(int) ForcedFile.FORCE_EVERY_BYTES];
        Spool.Part part = spool.begin(content.length);

        part.write(ByteBuffer.wrap(content));

        assertThat(await(told)).isTrue();
        assertThatThrownBy(() -> part.keep(entry("backup/a", new String(content, StandardCharsets.UTF_8))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Input/output error");
        part.discard();
        assertThat(spool.count()).isZero();
        assertThat(files("waiting")).isEmpty();
        assertThat(files("receiving")).isEmpty();
    }

    @Test
    void largeUploadsAreForcedWhileTheyAreWritten() throws IOException {
        CountDownLatch forcedMeanwhile = new CountDownLatch(2);
        Spool spool = Spool.open(directory, 3 * ForcedFile.FORCE_EVERY_BYTES, file -> {
            file.force(false);
            forcedMeanwhile.countDown();
        });
        String content = "0123456789abcdef".repeat((int) ForcedFile.FORCE_EVERY_BYTES / 16);
        Spool.Part part = spool.begin(0);

        part.write(buffer(content));
        part.write(buffer(content));

        assertThat(await(forcedMeanwhile)).isTrue();
        assertThat(content(part.keep(entry("backup/a", content + content)))).isEqualTo(content + content);
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Test
    void numbersGoOnAfterARestart() throws IOException {
        Spool spool = Spool.open(directory, ROOM);
        keep(spool, "backup/a", "1");
        Spooled last = keep(spool, "backup/a", "2");
        spool.remove(spool.waiting(0, 1).getFirst());

        Spooled next = keep(Spool.open(directory, ROOM), "backup/a", "3");

        assertThat(next.number()).isGreaterThan(last.number());
    }

    @Test
    void whatWasHalfReceivedIsGoneAfterARestart() throws IOException {
        Spool spool = Spool.open(directory, ROOM);
        Spool.Part part = spool.begin(0);
        part.write(buffer("half"));

        Spool again = Spool.open(directory, ROOM);

        assertThat(again.count()).isZero();
        assertThat(files("receiving")).isEmpty();
    }

    @Test
    void discardedPartsLeaveNothingAndGiveTheirRoomBack() throws IOException {
        Spool spool = Spool.open(directory, 10);
        Spool.Part part = spool.begin(0);
        part.write(ByteBuffer.allocate(10));
        assertThatThrownBy(() -> spool.begin(0).write(ByteBuffer.allocate(1)))
                .isInstanceOf(Spool.FullException.class)
                .hasMessageContaining("spool-size");

        part.discard();
        part.discard();

        assertThat(files("receiving")).hasSize(1); // the one that had no room
        spool.begin(0).write(ByteBuffer.allocate(10));
    }

    @Test
    void whatWaitsTakesRoomUntilItIsRemoved() throws IOException {
        Spool spool = Spool.open(directory, 10);
        Spooled spooled = keep(spool, "backup/a", "0123456789");
        assertThatThrownBy(() -> spool.begin(0).write(ByteBuffer.allocate(1))).isInstanceOf(Spool.FullException.class);

        spool.remove(spooled);

        assertThat(spool.count()).isZero();
        assertThat(files("waiting")).isEmpty();
        spool.begin(0).write(ByteBuffer.allocate(10));
    }

    @Test
    void moreThanTheDiskHasIsRefusedAtTheStart() throws IOException {
        Spool spool = Spool.open(directory, Long.MAX_VALUE);

        assertThatThrownBy(() -> spool.begin(Long.MAX_VALUE))
                .isInstanceOf(Spool.FullException.class)
                .hasMessageContaining("the disk has room for");
    }

    @Test
    void aFullDiskIsKnownByWhatTheSystemSays() {
        assertThat(Spool.isFull(new IOException("No space left on device"))).isTrue();
        assertThat(Spool.isFull(new IOException("Disk quota exceeded"))).isTrue();
        assertThat(Spool.isFull(new IOException("Input/output error"))).isFalse();
        assertThat(Spool.isFull(new IOException((String) null))).isFalse();
    }

    @Test
    void aFileThatTheDiskDidNotKeepIsSetAsideAndTheOthersAreNot() throws IOException {
        Spool spool = Spool.open(directory, ROOM);
        Spooled cut = keep(spool, "backup/cut", "0123456789");
        keep(spool, "backup/good", "good");
        Spooled garbled = keep(spool, "backup/garbled", "x");
        try (FileChannel channel = FileChannel.open(cut.file(), StandardOpenOption.WRITE)) {
            channel.truncate(20);
        }
        try (FileChannel channel = FileChannel.open(garbled.file(), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes("?")), 4); // in the middle of the description
        }

        Spool again = Spool.open(directory, ROOM);

        assertThat(again.waiting(0, 10))
                .extracting(spooled -> spooled.entry().key().path().value())
                .containsExactly("backup/good");
        assertThat(again.damaged()).isEqualTo(2);
        assertThat(setAside()).hasSize(2);
        assertThat(Spool.open(directory, ROOM).damaged()).isEqualTo(2);
    }

    @Test
    void aFileThatLacksBytesIsNotKept() throws IOException {
        Spool spool = Spool.open(directory, ROOM);
        Spool.Part part = spool.begin(0);
        part.write(buffer("012"));

        assertThatThrownBy(() -> part.keep(entry("backup/a", "0123"))).hasMessageContaining("3 bytes were written");

        assertThat(spool.count()).isZero();
    }

    @Test
    void theNumberOfWhatWasSetAsideIsNotGivenAgain() throws IOException {
        Spool spool = Spool.open(directory, ROOM);
        keep(spool, "backup/a", "1");
        Spooled last = keep(spool, "backup/a", "2");
        spool.remove(spool.waiting(0, 1).getFirst());
        spool.setAside(last, "a test");

        Spooled next = keep(Spool.open(directory, ROOM), "backup/a", "3");

        assertThat(next.number()).isGreaterThan(last.number());
    }

    @Test
    void whatIsSetAsideReplacesNothingThatLiesThere() throws IOException {
        Spool spool = Spool.open(directory, ROOM);
        Spooled spooled = keep(spool, "backup/a", "new");
        Path there = directory.resolve("damaged").resolve(spooled.file().getFileName());
        Files.writeString(there, "old");

        spool.setAside(spooled, "a test");

        assertThat(Files.readString(there)).isEqualTo("old");
        assertThat(setAside()).hasSize(2);
        assertThat(Files.readString(there.resolveSibling(there.getFileName() + ".1.reason")))
                .isEqualTo("a test\n");
        assertThat(spool.lastDamage()).isEqualTo("a test");
        assertThat(Spool.open(directory, ROOM).lastDamage()).isEqualTo("a test");
        assertThat(spool.count()).isZero();
    }

    @Test
    void anEmptyFileIsAFileToo() throws IOException {
        Spool spool = Spool.open(directory, ROOM);
        spool.begin(0).keep(entry("backup/empty", ""));

        assertThat(Spool.open(directory, ROOM).waiting(0, 1).getFirst().entry()).isEqualTo(entry("backup/empty", ""));
    }

    @Test
    void theOldestTellsSinceWhenUploadsWait() throws IOException {
        Spool spool = Spool.open(directory, ROOM);
        assertThat(spool.oldestMillis()).isZero();

        keep(spool, "backup/a", "1");

        assertThat(spool.oldestMillis()).isEqualTo(1_000);
    }

    private static Spooled keep(Spool spool, String path, String content) throws IOException {
        Spool.Part part = spool.begin(content.length());
        int half = content.length() / 2;
        part.write(buffer(content.substring(0, half)));
        part.write(buffer(content.substring(half)));
        return part.keep(entry(path, content));
    }

    private static SpoolEntry entry(String path, String content) {
        return new SpoolEntry(
                FileKey.of("default", path),
                Sha256.of(bytes(content)),
                content.length(),
                new EventEnvelope(
                        new EventId(new UUID(1, 2)), new SiteName("dc1"), HybridTime.of(1_000, 7), "tftp:192.0.2.7"),
                Map.of("source", "tftp-upload", "wo ist \"das\"", "ä€\\"),
                VersionVector.of(Map.of(new SiteName("dc2"), HybridTime.of(999, 3))));
    }

    private static String content(Spooled spooled) throws IOException {
        byte[] all = Files.readAllBytes(spooled.file());
        return new String(all, 0, (int) spooled.entry().size(), StandardCharsets.UTF_8);
    }

    private List<Path> files(String name) throws IOException {
        try (var files = Files.list(directory.resolve(name))) {
            return files.toList();
        }
    }

    /** Without the texts that say why. */
    private List<Path> setAside() throws IOException {
        return files("damaged").stream()
                .filter(file -> !file.toString().endsWith(".reason"))
                .toList();
    }

    private static ByteBuffer buffer(String text) {
        return ByteBuffer.wrap(bytes(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
