package io.tftpdc.edge.upload;

import static io.tftpdc.edge.upload.UploadRules.ANYTHING;
import static io.tftpdc.edge.upload.UploadRules.committing;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.tftpdc.edge.NoLeaks;
import io.tftpdc.edge.policy.UploadPolicy.KafkaAway;
import io.tftpdc.edge.policy.UploadPolicy.Rule;
import io.tftpdc.edge.upload.UploadLedger.Reserving;
import io.tftpdc.edge.upload.UploadResult.Place;
import io.tftpdc.edge.upload.UploadResult.Refused;
import io.tftpdc.edge.upload.UploadResult.Stored;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridClock;
import io.tftpdc.event.SiteName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An upload ends once, whoever comes first: its time-out, which another thread brings, or the answer of Kafka, of the disk
 * or of the index. No thread runs but the test's: the time-out comes in the middle of what the upload calls.
 */
@ExtendWith(NoLeaks.class)
class UploadSettlingTest {
    private static final FileKey KEY = FileKey.of("default", "backup/a");
    private static final Runnable NOTHING = () -> {};

    @TempDir
    private Path directory;

    private final FakeKafka kafka = new FakeKafka();
    private final ManualTasks tasks = new ManualTasks();
    private final List<UploadResult> ended = new ArrayList<>();
    private final FakeIndex index = new FakeIndex();
    private final List<Upload> uploads = new ArrayList<>();
    private Runnable whileIndexAnswers = NOTHING;
    private Runnable whileEnding = NOTHING;
    private boolean kafkaAway;
    private Spool spool;
    private UploadLedger ledger = new UploadLedger(UploadRules.policy(), index::find);

    @BeforeEach
    void open() throws IOException {
        spool = Spool.open(directory, Long.MAX_VALUE);
    }

    @AfterEach
    void giveUpWhatIsLeft() {
        uploads.forEach(Upload::abort);
        tasks.runAll();
    }

    @ParameterizedTest
    @EnumSource(KafkaAway.class)
    void theTimeOutComesBeforeTheEventIsMade(KafkaAway away) throws IOException {
        CompletableFuture<UploadResult> result = committed(away);
        whileIndexAnswers = this::everyTimeOut;

        runToTheEnd();

        assertThat(((Refused) result.join()).reason()).contains("in time; nothing was stored");
        assertEndedOnce(result);
        assertThat(kafka.events).isEmpty();
        assertNothingOnDisk();
        assertThat(ledger.exists(KEY)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(KafkaAway.class)
    void theTimeOutComesBeforeAFault(KafkaAway away) throws IOException {
        CompletableFuture<UploadResult> result = committed(away);
        whileIndexAnswers = () -> {
            everyTimeOut();
            throw new IllegalStateException("the index cannot be read");
        };

        runToTheEnd();

        assertThat(((Refused) result.join()).reason()).contains("in time; nothing was stored");
        assertEndedOnce(result);
        assertNothingOnDisk();
    }

    @ParameterizedTest
    @EnumSource(KafkaAway.class)
    void theTimeOutComesWhileTheEventIsOnItsWay(KafkaAway away) throws IOException {
        CompletableFuture<UploadResult> result = committed(away);
        kafka.refuse(value -> {
            if (value instanceof FileEvent) {
                everyTimeOut();
            }
            return Optional.empty();
        });

        runToTheEnd();

        assertThat(((Refused) result.join()).reason()).contains("may or may not be stored");
        assertEndedOnce(result);
        assertThat(kafka.events).hasSize(1);
        assertNothingOnDisk();
    }

    @ParameterizedTest
    @EnumSource(KafkaAway.class)
    void theTimeOutComesAfterKafkasAnswer(KafkaAway away) throws IOException {
        CompletableFuture<UploadResult> result = committed(away);
        whileEnding = this::everyTimeOut;

        runToTheEnd();

        assertThat(((Stored) result.join()).where()).isEqualTo(Place.KAFKA);
        assertEndedOnce(result);
        assertNothingOnDisk();
    }

    @Test
    void theTimeOutComesAfterTheDisksAnswer() throws IOException {
        kafkaAway = true;
        CompletableFuture<UploadResult> result = committed(KafkaAway.SPOOL);
        whileEnding = this::everyTimeOut;

        runToTheEnd();

        assertThat(((Stored) result.join()).where()).isEqualTo(Place.SPOOL);
        assertEndedOnce(result);
        assertThat(spool.count()).isOne();
    }

    @Test
    void kafkaAnswersFirstAndThenTheDiskIsAsked() throws IOException {
        CompletableFuture<UploadResult> result = committed(KafkaAway.SPOOL);
        untilTheEventIsOnItsWay();

        kafka.confirmAll();
        tasks.timeOut();
        tasks.runAll();

        assertThat(((Stored) result.join()).where()).isEqualTo(Place.KAFKA);
        assertEndedOnce(result);
        assertNothingOnDisk();
    }

    @Test
    void theDiskIsAskedFirstAndThenKafkaAnswers() {
        CompletableFuture<UploadResult> result = committed(KafkaAway.SPOOL);
        untilTheEventIsOnItsWay();

        tasks.timeOut();
        kafka.confirmAll();
        tasks.runAll();

        assertThat(((Stored) result.join()).where()).isEqualTo(Place.SPOOL);
        assertEndedOnce(result);
        assertThat(spool.count()).isOne();
    }

    private void everyTimeOut() {
        whileIndexAnswers = NOTHING;
        whileEnding = NOTHING;
        tasks.timeOut();
        tasks.timeOut(); // of the disk, where there is one
    }

    private CompletableFuture<UploadResult> committed(KafkaAway away) {
        Rule rule = committing(ANYTHING, away, Duration.ofSeconds(10));
        ledger = new UploadLedger(UploadRules.policy(rule), index::find);
        Reserving room = ledger.reserve(ledger.policy(), 0, KEY, OptionalLong.empty());
        Upload upload = new Upload(
                context(),
                rule,
                KEY,
                OptionalLong.empty(),
                "tftp:192.0.2.7",
                ((Reserving.Reserved) room).reservation());
        uploads.add(upload);
        upload.accept(ByteBuffer.allocate(100));
        return upload.commit().toCompletableFuture();
    }

    private UploadContext context() {
        return new UploadContext(
                tasks,
                tasks,
                ByteBufAllocator.DEFAULT,
                kafka,
                () -> kafkaAway,
                spool,
                new AtomicLong(),
                1 << 20,
                Map.of(),
                new SiteName("dc1"),
                new HybridClock(() -> 1_000),
                key -> {
                    whileIndexAnswers.run();
                    return index.find(key);
                },
                () -> true,
                how -> {
                    ended.add(how);
                    whileEnding.run();
                });
    }

    private void untilTheEventIsOnItsWay() {
        tasks.runAll();
        kafka.confirmAll();
        tasks.runAll();
        assertThat(kafka.events).hasSize(1);
    }

    private void runToTheEnd() {
        tasks.runAll();
        while (kafka.unconfirmed() > 0) {
            kafka.confirmAll();
            tasks.runAll();
        }
    }

    private void assertEndedOnce(CompletableFuture<UploadResult> result) {
        runToTheEnd();
        assertThat(ended).containsExactly(result.join());
    }

    private void assertNothingOnDisk() throws IOException {
        assertThat(spool.count()).isZero();
        try (var parts = Files.list(directory.resolve("receiving"))) {
            assertThat(parts).isEmpty();
        }
    }
}
