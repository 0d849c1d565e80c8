package io.tftpdc.edge.upload;

import static io.tftpdc.edge.upload.UploadRules.ANYTHING;
import static io.tftpdc.edge.upload.UploadRules.allowing;
import static io.tftpdc.edge.upload.UploadRules.below;
import static io.tftpdc.edge.upload.UploadRules.committing;
import static io.tftpdc.edge.upload.UploadRules.limited;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tftpdc.edge.content.TransferReport.Outcome;
import io.tftpdc.edge.journal.NodeIdentity;
import io.tftpdc.edge.policy.UploadPolicy;
import io.tftpdc.edge.policy.UploadPolicy.KafkaAway;
import io.tftpdc.edge.upload.UploadResult.Refused;
import io.tftpdc.edge.upload.UploadResult.Stored;
import io.tftpdc.edge.upload.Uploads.Opening;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridClock;
import io.tftpdc.event.SiteName;
import io.tftpdc.tftp.packet.ErrorCode;
import io.tftpdc.wire.DerivedSchemaIds;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may be uploaded, on a node whose Kafka is away. */
class UploadServiceTest {
    private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.7", 2070);
    private static final UploadPolicy POLICY = UploadRules.policy(
            below(allowing(ANYTHING, true, false), "new/**"),
            below(allowing(ANYTHING, false, true), "known/**"),
            below(allowing(ANYTHING, false, false), "any/never/**"),
            below(limited(ANYTHING, 1_000, 1_500, 10), "small/**"),
            below(committing(ANYTHING, KafkaAway.REFUSE, Duration.ofSeconds(1)), "kafka/**"),
            below(ANYTHING, "any/**"));

    @TempDir
    private Path directory;

    private final FakeIndex index = new FakeIndex();
    private UploadService uploads;

    @BeforeEach
    void open() throws IOException {
        index.reachable = false;
        index.publish("new/there", 10);
        index.publish("known/there", 10);
        index.publish("small/there", 900);
        uploads = start();
    }

    private UploadService start() throws IOException {
        UploadService service = UploadService.open(
                new UploadService.Settings(directory, POLICY, 2, 2, 8 << 20, 1 << 20),
                index,
                Map.of("bootstrap.servers", "127.0.0.1:1"),
                new DerivedSchemaIds(),
                new NodeIdentity(new SiteName("dc1"), "edge-1"),
                new HybridClock(() -> 1_000));
        service.start();
        await().until(() -> service.check().up());
        return service;
    }

    @AfterEach
    void close() {
        uploads.close();
    }

    @Test
    void whatNoRuleFitsIsRefused() {
        Refused why = refusal("boot/x", 1);

        assertThat(why.code()).isEqualTo(ErrorCode.ACCESS_VIOLATION);
        assertThat(why.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(why.reason()).contains("default/boot/x", "192.0.2.7", "uploads.rules");
    }

    @Test
    void aRuleThatAllowsNothingMakesAnExceptionFromALaterOne() {
        assertThat(refusal("any/never/x", 1).code()).isEqualTo(ErrorCode.ACCESS_VIOLATION);
        give("any/x", 1).abort();
    }

    @Test
    void whatIsThereIsNotOverwrittenUnlessTheRuleSaysSo() {
        assertThat(refusal("new/there", 1).code()).isEqualTo(ErrorCode.FILE_EXISTS);
        give("new/x", 1).abort();
        give("known/there", 1).abort();
    }

    @Test
    void whatIsNotThereIsNotCreatedUnlessTheRuleSaysSo() {
        Refused why = refusal("known/x", 1);

        assertThat(why.code()).isEqualTo(ErrorCode.ACCESS_VIOLATION);
        assertThat(why.reason()).contains("does not exist", "create");
    }

    @Test
    void whetherAFileIsThereIsNotGuessedWhileTheIndexIsRead() {
        index.complete = false;

        assertThat(refusal("new/x", 1).outcome()).isEqualTo(Outcome.UNAVAILABLE);
        assertThat(refusal("new/there", 1).code()).isEqualTo(ErrorCode.FILE_EXISTS);
        give("any/x", 1).abort();
    }

    @Test
    void anAnnouncedSizeAboveTheLimitOrTheQuotaIsRefusedAtOnce() {
        assertThat(refusal("small/x", 1_001).code()).isEqualTo(ErrorCode.DISK_FULL);
        assertThat(refusal("small/x", 1_001).reason()).contains("max-size");
        assertThat(refusal("small/x", 601).code()).isEqualTo(ErrorCode.DISK_FULL);
        assertThat(refusal("small/x", 601).reason()).contains("quota-size");
        give("small/x", 600).abort();
        give("small/there", 1_000).abort();
    }

    @Test
    void withoutSpoolAnUploadIsRefusedAtOnceWhileKafkaIsAway() {
        Refused why = refusal("kafka/x", 1);

        assertThat(why.outcome()).isEqualTo(Outcome.UNAVAILABLE);
        assertThat(why.reason()).contains("Kafka is away", "on-kafka-away: spool");
    }

    @Test
    void moreThanMayRunWait() {
        UploadSink first = give("any/1", 1);
        UploadSink second = give("any/2", 1);
        assertThat(open("any/3", 1)).isInstanceOf(Opening.Busy.class);

        first.abort();

        give("any/3", 1).abort();
        second.abort();
    }

    @Test
    void anIndexThatCannotBeReadTakesNoPlaceFromOtherUploads() {
        index.broken = true;
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> open("any/1", 1)).hasMessageContaining("cannot be read");
        }
        assertThat(uploads.status().active()).isZero();

        index.broken = false;

        give("any/1", 1).abort();
    }

    @Test
    void aSpooledFileExistsAndCountsAtOnceAndAfterARestart() throws Exception {
        store("new/x", 10);
        store("small/x", 600);
        assertThat(refusal("new/x", 1).code()).isEqualTo(ErrorCode.FILE_EXISTS);
        assertThat(refusal("small/y", 1).code()).isEqualTo(ErrorCode.DISK_FULL);
        assertThat(uploads.status().waiting()).isEqualTo(2);
        assertThat(uploads.check().detail()).contains("2 waiting for Kafka, 610 bytes");

        uploads.close();
        uploads = start();

        assertThat(uploads.status().waiting()).isEqualTo(2);
        assertThat(refusal("new/x", 1).code()).isEqualTo(ErrorCode.FILE_EXISTS);
        assertThat(refusal("small/y", 1).code()).isEqualTo(ErrorCode.DISK_FULL);
    }

    @Test
    void theHealthCheckNamesWhatWasSetAsideAndWhy() throws Exception {
        store("any/x", 10);
        uploads.close();
        try (var waiting = Files.list(directory.resolve("waiting"))) {
            Path spooled = waiting.findFirst().orElseThrow();
            Files.write(spooled, new byte[] {1}, StandardOpenOption.TRUNCATE_EXISTING);
        }

        uploads = start();

        assertThat(uploads.check().detail()).contains("1 set aside in damaged and not published", "it is too short");
        assertThat(uploads.check().up()).isTrue();
    }

    @Test
    void everyEndIsCounted() throws Exception {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        uploads.bindTo(meters);

        store("any/x", 700);
        give("any/y", 1).abort();
        refusal("boot/x", 1);

        assertThat(count(meters, UploadMeters.SPOOLED)).isEqualTo(1);
        assertThat(count(meters, UploadMeters.BYTES)).isEqualTo(700);
        assertThat(count(meters, UploadMeters.FAILED)).isEqualTo(1);
        assertThat(count(meters, UploadMeters.REFUSED)).isEqualTo(1);
        assertThat(meters.get(UploadMeters.WAITING.meterName()).gauge().value()).isEqualTo(1);
        assertThat(meters.get(UploadMeters.ACTIVE.meterName()).gauge().value()).isZero();
        assertThat(meters.get(UploadMeters.OLDEST.meterName()).gauge().value()).isPositive();
    }

    private static double count(SimpleMeterRegistry meters, UploadMeters meter) {
        return meters.get(meter.meterName()).functionCounter().count();
    }

    private Opening open(String path, long announced) {
        return uploads.open(CLIENT, FileKey.of("default", path), OptionalLong.of(announced));
    }

    private Refused refusal(String path, long announced) {
        return switch (open(path, announced)) {
            case Opening.Refused refused -> refused.why();
            case Opening other -> throw new AssertionError("expected a refusal, got " + other);
        };
    }

    private UploadSink give(String path, long announced) {
        return switch (open(path, announced)) {
            case Opening.Accepted accepted -> accepted.sink();
            case Opening other -> throw new AssertionError("expected to be let in, got " + other);
        };
    }

    private void store(String path, int size) throws InterruptedException, ExecutionException, TimeoutException {
        UploadSink sink = give(path, size);
        sink.accept(ByteBuffer.allocate(size));
        assertThat(sink.commit().toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isInstanceOf(Stored.class);
    }
}
