package io.tftpdc.edge.upload;

import static io.tftpdc.edge.upload.UploadRules.ANYTHING;
import static io.tftpdc.edge.upload.UploadRules.allowing;
import static io.tftpdc.edge.upload.UploadRules.committing;
import static io.tftpdc.edge.upload.UploadRules.limited;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.tftpdc.edge.NoLeaks;
import io.tftpdc.edge.content.TransferReport.Outcome;
import io.tftpdc.edge.policy.UploadPolicy.KafkaAway;
import io.tftpdc.edge.policy.UploadPolicy.Rule;
import io.tftpdc.edge.upload.UploadLedger.Reserving;
import io.tftpdc.edge.upload.UploadResult.Place;
import io.tftpdc.edge.upload.UploadResult.Refused;
import io.tftpdc.edge.upload.UploadResult.Stored;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridClock;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.VersionVector;
import io.tftpdc.tftp.packet.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One upload, step by step: no thread runs but the test's. */
@ExtendWith(NoLeaks.class)
class UploadTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Rule TO_KAFKA = committing(ANYTHING, KafkaAway.REFUSE, TIMEOUT);
    private static final Rule SPOOLED = committing(ANYTHING, KafkaAway.SPOOL, TIMEOUT);
    private static final FileKey KEY = FileKey.of("default", "backup/a");
    private static final int CHUNK = FileContent.CHUNK_SIZE;

    @TempDir
    private Path directory;

    private final FakeKafka kafka = new FakeKafka();
    private final FakeIndex index = new FakeIndex();
    private final ManualTasks tasks = new ManualTasks();
    private final List<Upload> uploads = new ArrayList<>();
    private final List<UploadResult> ended = new ArrayList<>();
    private boolean kafkaAway;
    private Spool spool;
    private UploadContext context;
    private UploadLedger ledger = new UploadLedger(UploadRules.policy(), index::find);

    @BeforeEach
    void open() throws IOException {
        open(Long.MAX_VALUE);
    }

    private void open(long spoolBytes) throws IOException {
        spool = Spool.open(directory, spoolBytes);
        context = new UploadContext(
                tasks,
                tasks,
                ByteBufAllocator.DEFAULT,
                kafka,
                () -> kafkaAway,
                spool,
                new AtomicLong(),
                8L * CHUNK,
                Map.of("source", "tftp-upload"),
                new SiteName("dc1"),
                new HybridClock(() -> 1_000),
                index::find,
                () -> true,
                ended::add);
    }

    @AfterEach
    void giveUpWhatIsLeft() {
        uploads.forEach(Upload::abort);
        tasks.runAll();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 512, 8 * 1024, 8 * 1024 + 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 17})
    void contentOfAnySizeIsInKafkaBeforeItsEventAndTheEventBeforeTheAnswer(int size) {
        Upload upload = upload(TO_KAFKA);
        byte[] bytes = random(size);
        send(upload, bytes, 1428);
        CompletableFuture<UploadResult> result = upload.commit().toCompletableFuture();
        tasks.runAll();
        if (size > 0) {
            assertThat(kafka.events).isEmpty();
            kafka.confirmAll();
            tasks.runAll();
        }
        assertThat(result).isNotDone();
        FileEvent.FilePublished event = kafka.published().getFirst();
        assertThat(contentOf(event)).isEqualTo(bytes);
        assertThat(event.content().hash()).isEqualTo(Sha256.of(bytes));
        assertThat(event.envelope().actor()).isEqualTo("tftp:192.0.2.7");
        assertThat(event.labels()).containsEntry("source", "tftp-upload");

        kafka.confirmAll();
        tasks.runAll();

        assertThat(result.join()).isEqualTo(new Stored(Sha256.of(bytes), size, Place.KAFKA));
        assertThat(ended).containsExactly(result.join());
        assertThat(context.bytesInFlight()).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 512, CHUNK, 3 * CHUNK + 17})
    void whileKafkaIsAwayContentOfAnySizeIsOnDiskBeforeTheAnswer(int size) throws IOException {
        kafkaAway = true;
        Upload upload = upload(SPOOLED);
        byte[] bytes = random(size);
        send(upload, bytes, 1428);
        CompletableFuture<UploadResult> result = upload.commit().toCompletableFuture();
        assertThat(result).isNotDone();

        tasks.runAll();

        assertThat(result.join()).isEqualTo(new Stored(Sha256.of(bytes), size, Place.SPOOL));
        assertThat(spooled(0)).isEqualTo(bytes);
        assertThat(kafka.unconfirmed()).isZero();
        assertThat(parts()).isEmpty();
    }

    @Test
    void whenKafkaHasItTheCopyOnDiskIsNotKept() throws IOException {
        Upload upload = upload(SPOOLED);
        send(upload, random(CHUNK + 1), 1428);
        CompletableFuture<UploadResult> result = upload.commit().toCompletableFuture();
        tasks.runAll();
        assertThat(parts()).hasSize(1);

        kafka.confirmAll();
        tasks.runAll();
        kafka.confirmAll();
        tasks.runAll();

        assertThat(((Stored) result.join()).where()).isEqualTo(Place.KAFKA);
        assertThat(parts()).isEmpty();
        assertThat(spool.count()).isZero();
    }

    @Test
    void kafkaThatGoesAwayInTheMiddleOfAnUploadIsMadeUpForByTheDisk() throws IOException {
        Upload upload = upload(SPOOLED);
        byte[] bytes = random(3 * CHUNK);
        ByteBuffer source = ByteBuffer.wrap(bytes);
        upload.accept(source.slice(0, CHUNK + 1));
        tasks.runAll();
        kafka.loseAll();
        upload.accept(source.slice(CHUNK + 1, 2 * CHUNK - 1));
        CompletableFuture<UploadResult> result = upload.commit().toCompletableFuture();

        tasks.runAll();

        assertThat(((Stored) result.join()).where()).isEqualTo(Place.SPOOL);
        assertThat(spooled(0)).isEqualTo(bytes);
        assertThat(kafka.events).isEmpty();
    }

    @Test
    void kafkaThatDoesNotConfirmTheEventInTimeIsMadeUpForByTheDiskUnderTheSameId() throws IOException {
        Upload upload = upload(SPOOLED);
        send(upload, random(100), 50);
        CompletableFuture<UploadResult> result = upload.commit().toCompletableFuture();
        tasks.runAll();
        kafka.confirmAll();
        tasks.runAll();
        assertThat(kafka.events).hasSize(1);

        tasks.timeOut();
        tasks.runAll();

        assertThat(((Stored) result.join()).where()).isEqualTo(Place.SPOOL);
        assertThat(spool.waiting(0, 1).getFirst().entry().envelope())
                .isEqualTo(kafka.events.getFirst().envelope());
        kafka.confirmAll(); // late
        tasks.runAll();
        assertThat(ended).hasSize(1);
        assertThat(spool.count()).isOne();
    }

    @Test
    void kafkaThatDoesNotTakeTheContentInTimeIsAnErrorAndNoEventFollows() {
        Upload upload = upload(TO_KAFKA);
        send(upload, random(100), 50);
        CompletableFuture<UploadResult> result = upload.commit().toCompletableFuture();
        tasks.runAll();

        tasks.timeOut();

        Refused refused = (Refused) result.join();
        assertThat(refused.outcome()).isEqualTo(Outcome.UNAVAILABLE);
        assertThat(refused.reason()).contains("in time", "nothing was stored");
        kafka.confirmAll(); // late
        tasks.runAll();
        assertThat(kafka.events).isEmpty();
    }

    @Test
    void kafkaThatDoesNotConfirmTheEventInTimeIsAnErrorThatLeavesItOpen() {
        Upload upload = upload(TO_KAFKA);
        send(upload, random(100), 50);
        CompletableFuture<UploadResult> result = upload.commit().toCompletableFuture();
        tasks.runAll();
        kafka.confirmAll();
        tasks.runAll();

        tasks.timeOut();

        assertThat(((Refused) result.join()).reason()).contains("may or may not be stored");
        kafka.confirmAll(); // late
        tasks.runAll();
        assertThat(ended).hasSize(1);
    }

    @Test
    void kafkaThatDoesNotTakeAChunkFailsTheUploadInTheMiddle() {
        Upload upload = upload(TO_KAFKA);
        send(upload, random(CHUNK + 1), 1428);
        tasks.runAll();

        kafka.loseAll();

        assertThat(upload.failure()).hasValueSatisfying(why -> {
            assertThat(why.outcome()).isEqualTo(Outcome.UNAVAILABLE);
            assertThat(why.reason()).contains("no broker answers", "on-kafka-away: spool");
        });
    }

    @ParameterizedTest
    @EnumSource(KafkaAway.class)
    void aChunkThatIsLostToABugFailsTheUpload(KafkaAway away) throws IOException {
        Upload upload = upload(committing(ANYTHING, away, TIMEOUT));
        kafka.bug = new AssertionError("a bug");
        send(upload, random(CHUNK), 1024);
        tasks.runAll();
        assertThat(upload.hasFailed()).isTrue();

        CompletableFuture<UploadResult> result = upload.commit().toCompletableFuture();
        tasks.runAll();

        assertThat(((Refused) result.join()).reason()).contains("a bug", "nothing was stored");
        assertThat(ended).hasSize(1);
        assertThat(context.bytesInFlight()).hasValue(0);
        assertThat(kafka.events).isEmpty();
        assertThat(parts()).isEmpty();
        assertThat(spool.count()).isZero();
    }

    @Test
    void oneWhoSendsFasterThanIsStoredIsHeldBackAndToldWhenToGoOn() {
        Upload upload = upload(TO_KAFKA);
        AtomicInteger told = new AtomicInteger();
        send(upload, random(Upload.MOST_CHUNKS_IN_FLIGHT * CHUNK - 1), 1024);
        assertThat(upload.ready()).isTrue();

        upload.accept(ByteBuffer.allocate(1));

        assertThat(upload.ready()).isFalse();
        upload.whenReady(told::incrementAndGet);
        tasks.runAll();
        assertThat(told).hasValue(0);
        assertThat(upload.ready()).isFalse(); // hashed and sent, but not confirmed

        kafka.confirmAll();

        assertThat(told).hasValue(1);
        assertThat(upload.ready()).isTrue();
        assertThat(context.bytesInFlight()).hasValue(0);
    }

    @Test
    void manyWhoSendAtOnceAreHeldBackTogetherButNoneForEver() {
        List<Upload> many = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Upload upload = upload(TO_KAFKA, FileKey.of("default", "backup/" + i), OptionalLong.empty());
            send(upload, random(2 * CHUNK + 1), 1024);
            many.add(upload);
        }
        Upload other = upload(TO_KAFKA, FileKey.of("default", "backup/other"), OptionalLong.empty());

        assertThat(context.bytesInFlight()).hasValue(10L * CHUNK);
        assertThat(many).noneMatch(Upload::ready);
        assertThat(other.ready()).isTrue();

        tasks.runAll();
        kafka.confirmAll();

        assertThat(many).allMatch(Upload::ready);
    }

    @Test
    void anAbortedUploadLeavesNothing() throws IOException {
        Upload upload = upload(SPOOLED);
        send(upload, random(CHUNK + 1), 1428);
        tasks.runAll();

        upload.abort();
        kafka.confirmAll();
        tasks.runAll();

        assertThat(parts()).isEmpty();
        assertThat(spool.count()).isZero();
        assertThat(kafka.events).isEmpty();
        assertThat(ended).hasSize(1);
        assertThat(ledger.exists(KEY)).isFalse();
        assertThat(context.bytesInFlight()).hasValue(0);
    }

    @Test
    void anUploadAbortedWhileItCommitsHasNoEvent() {
        Upload upload = upload(TO_KAFKA);
        send(upload, random(100), 50);
        upload.commit();
        tasks.runAll();

        upload.abort();
        kafka.confirmAll();
        tasks.runAll();

        assertThat(kafka.events).isEmpty();
        assertThat(ledger.exists(KEY)).isFalse();
    }

    @Test
    void fewerBytesThanAnnouncedAreNotStored() {
        Upload upload = upload(TO_KAFKA, KEY, OptionalLong.of(101));
        send(upload, random(100), 50);
        CompletableFuture<UploadResult> result = upload.commit().toCompletableFuture();

        tasks.runAll();

        assertThat(((Refused) result.join()).reason())
                .contains("tsize announced 101 bytes and 100 have come", "nothing was stored");
        kafka.confirmAll();
        tasks.runAll();
        assertThat(kafka.events).isEmpty();
    }

    @Test
    void moreBytesThanAnnouncedFailTheUploadAtOnce() {
        Upload upload = upload(TO_KAFKA, KEY, OptionalLong.of(99));

        send(upload, random(100), 50);

        assertThat(upload.failure())
                .hasValueSatisfying(why -> assertThat(why.reason()).contains("99 bytes that tsize"));
    }

    @Test
    void aFileThatGrowsBeyondItsLimitFailsWithDiskFull() {
        Upload upload = upload(limited(TO_KAFKA, 99, 1000, 1));

        send(upload, random(100), 50);

        assertThat(upload.failure()).hasValueSatisfying(why -> {
            assertThat(why.code()).isEqualTo(ErrorCode.DISK_FULL);
            assertThat(why.reason()).contains("at most 99 bytes", "max-size");
        });
    }

    @Test
    void aFileThatGrowsBeyondTheQuotaFailsWithDiskFull() {
        Upload upload = upload(limited(TO_KAFKA, 1000, 99, 1));

        send(upload, random(100), 50);

        assertThat(upload.failure()).hasValueSatisfying(why -> {
            assertThat(why.code()).isEqualTo(ErrorCode.DISK_FULL);
            assertThat(why.reason()).contains("quota");
        });
    }

    @Test
    void aFullSpoolIsDiskFull() throws IOException {
        open(CHUNK);
        kafkaAway = true;
        Upload upload = upload(SPOOLED);
        send(upload, random(CHUNK + 1), 1024);
        CompletableFuture<UploadResult> result = upload.commit().toCompletableFuture();

        tasks.runAll();

        assertThat(((Refused) result.join()).code()).isEqualTo(ErrorCode.DISK_FULL);
        assertThat(parts()).isEmpty();
        assertThat(spool.count()).isZero();
    }

    @Test
    void ofTwoClientsThatCreateOneFileTheLaterIsToldThatItExists() {
        Rule createOnly = allowing(TO_KAFKA, true, false);
        Upload first = upload(createOnly);
        Upload second = upload(createOnly, KEY, OptionalLong.empty(), false);
        send(first, random(10), 10);
        send(second, random(20), 10);
        first.commit();
        CompletableFuture<UploadResult> later = second.commit().toCompletableFuture();

        tasks.runAll();

        assertThat(((Refused) later.join()).code()).isEqualTo(ErrorCode.FILE_EXISTS);
        kafka.confirmAll();
        tasks.runAll();
        assertThat(kafka.published())
                .extracting(event -> event.content().size())
                .containsExactly(10L);
    }

    @Test
    void twoClientsThatMayOverwriteEachPublishAVersion() {
        Upload first = upload(TO_KAFKA);
        Upload second = upload(TO_KAFKA, KEY, OptionalLong.empty(), false);
        send(first, random(10), 10);
        send(second, random(20), 10);
        second.commit();
        first.commit();

        tasks.runAll();
        kafka.confirmAll();
        tasks.runAll();

        assertThat(kafka.published())
                .extracting(event -> event.content().size())
                .containsExactly(20L, 10L);
        assertThat(kafka.published().get(1).stamp())
                .isGreaterThan(kafka.published().getFirst().stamp());
    }

    @Test
    void theNewVersionIsGreaterThanTheOneInTheIndexWhateverTheClockSays() {
        index.publish("backup/a", 5, FakeIndex.stamp(9_000_000));
        Upload upload = upload(TO_KAFKA);
        upload.commit();

        tasks.runAll();

        assertThat(kafka.published().getFirst().stamp()).isGreaterThan(FakeIndex.stamp(9_000_000));
    }

    @Test
    void theEventTellsWhatTheNodeKnewOfTheFileSoThatReplacingItIsNoConflict() {
        index.publish("backup/a", 5, FakeIndex.stamp(9_000));
        Upload replaces = upload(TO_KAFKA);
        replaces.commit();
        tasks.runAll();
        Upload creates = upload(TO_KAFKA, FileKey.of("default", "backup/new"), OptionalLong.empty());
        creates.commit();
        tasks.runAll();

        assertThat(kafka.published())
                .extracting(event -> ((FileEvent.FilePublished) event).seen())
                .containsExactly(
                        VersionVector.of(
                                Map.of(new SiteName("a"), FakeIndex.stamp(9_000).time())),
                        VersionVector.NOTHING);
    }

    private Upload upload(Rule rule) {
        return upload(rule, KEY, OptionalLong.empty());
    }

    private Upload upload(Rule rule, FileKey key, OptionalLong announced) {
        return upload(rule, key, announced, true);
    }

    private Upload upload(Rule rule, FileKey key, OptionalLong announced, boolean first) {
        if (first) {
            ledger = new UploadLedger(UploadRules.policy(rule), index::find);
        }
        Reserving room = ledger.reserve(ledger.policy(), 0, key, announced);
        Upload upload =
                new Upload(context, rule, key, announced, "tftp:192.0.2.7", ((Reserving.Reserved) room).reservation());
        uploads.add(upload);
        return upload;
    }

    /** In blocks, each from the same buffer, as packets come. */
    private static void send(Upload upload, byte[] bytes, int blockSize) {
        ByteBuffer packet = ByteBuffer.allocateDirect(blockSize);
        for (int from = 0; from < bytes.length; from += blockSize) {
            packet.clear();
            packet.put(bytes, from, Math.min(blockSize, bytes.length - from)).flip();
            upload.accept(packet.asReadOnlyBuffer());
        }
    }

    private byte[] contentOf(FileEvent.FilePublished event) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        ((FileContent.Inline) event.content().chunks())
                .hashes()
                .forEach(hash -> content.writeBytes(kafka.chunks.get(hash)));
        return content.toByteArray();
    }

    private byte[] spooled(int number) throws IOException {
        Spool.Spooled spooled = spool.waiting(number, 1).getFirst();
        return Arrays.copyOf(
                Files.readAllBytes(spooled.file()), (int) spooled.entry().size());
    }

    private List<Path> parts() throws IOException {
        try (var files = Files.list(directory.resolve("receiving"))) {
            return files.toList();
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
