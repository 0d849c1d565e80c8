package io.tftpdc.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.ObjectLocation;
import io.tftpdc.event.RejectedRecord;
import io.tftpdc.event.RejectedRecord.Header;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.Tenant;
import io.tftpdc.intake.IntakeDecision.Publish;
import io.tftpdc.intake.IntakeDecision.Reject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Records that list the chunks of an object which stays where it is. */
class ListedContentTest {
    private static final Sha256 WHOLE = Sha256.of(new byte[] {1});
    private static final String LOCATION = "object-location=s3://firmware/image.bin";
    private static final String HASH = "sha256=" + WHOLE;

    private final PublishIntake intake = new PublishIntake(IntakeLimits.DEFAULT);

    @Test
    void theEventNamesTheObjectAndItsChunks() {
        byte[] list = list(3);

        Publish publish = (Publish) decide(
                list, LOCATION, HASH, size(2L * FileContent.CHUNK_SIZE + 1), "label.model=x200", "content-type=a/b");

        assertThat(publish.chunks()).isEmpty();
        assertThat(publish.keys()).containsExactly(FileKey.of("default", "images/image.bin"));
        assertThat(publish.about().labels()).containsExactly(Map.entry("model", "x200"));
        assertThat(publish.content())
                .isEqualTo(new FileContent(
                        WHOLE,
                        2L * FileContent.CHUNK_SIZE + 1,
                        FileContent.CHUNK_SIZE,
                        new FileContent.Inline(hashes(list)),
                        Optional.of(new ObjectLocation("s3://firmware/image.bin"))));
    }

    @Test
    void aLongListIsWrittenAsManifestsOfWhichTheLastIsShort() {
        int count = FileContent.CHUNKS_PER_MANIFEST + 5;
        byte[] list = list(count);

        Publish publish = (Publish) decide(list, LOCATION, HASH, size((long) count * FileContent.CHUNK_SIZE));

        assertThat(publish.chunks())
                .extracting(chunk -> chunk.bytes().remaining())
                .containsExactly(FileContent.CHUNK_SIZE, 5 * Sha256.BYTES);
        assertThat(publish.content().chunks())
                .isEqualTo(new FileContent.Manifest(
                        publish.chunks().stream().map(Chunk::hash).toList(), count));
        ByteBuffer written = ByteBuffer.allocate(list.length);
        publish.chunks().forEach(chunk -> written.put(chunk.bytes().duplicate()));
        assertThat(written.array()).isEqualTo(list);
    }

    @Test
    void anEmptyObjectHasNoChunks() {
        Publish publish = (Publish) decide(new byte[0], LOCATION, HASH, size(0));

        assertThat(publish.content().chunkCount()).isZero();
    }

    @Test
    void everyRejectionSaysWhatWasExpected() {
        rejected("sha256 is missing", decide(list(1), LOCATION, size(1)));
        rejected("object-location is missing", decide(list(1), HASH, size(1)));
        rejected("object-size is not", decide(list(1), LOCATION, HASH));
        rejected("object-size is not", decide(list(1), LOCATION, HASH, "object-size=-1"));
        rejected("expected 32, which is", decide(list(2), LOCATION, HASH, size(1)));
        rejected("expected 64, which is", decide(list(1), LOCATION, HASH, size(FileContent.CHUNK_SIZE + 1L)));
        rejected("expected 0, which is", decide(list(1), LOCATION, HASH, size(0)));
        rejected("events are kept for ever", decide(list(1), "object-location=https://a:b@h/x", HASH, size(1)));
        rejected("one of them", decide(list(1), LOCATION, HASH, size(1), "upload-id=u", "part=1", "parts=1"));
    }

    @Test
    void anObjectMayBeNoLargerThanAnyOtherFile() {
        long most = 3L * FileContent.CHUNK_SIZE;
        PublishIntake limited = new PublishIntake(new IntakeLimits(1 << 20, most, Duration.ofHours(1)));

        assertThat(decide(limited, list(3), LOCATION, HASH, size(most))).isInstanceOf(Publish.class);
        assertThat(decide(limited, list(4), LOCATION, HASH, size(most + 1)))
                .isInstanceOfSatisfying(Reject.class, reject -> {
                    assertThat(reject.kind()).isEqualTo(RejectReason.FILE_TOO_LARGE);
                    assertThat(reject.reason())
                            .contains("the object is " + (most + 1) + " bytes; expected at most " + most)
                            .contains("intake.max-file-size");
                });
    }

    @Test
    void otherProducersHeadersOfTheNameLocationAreLeftAlone() {
        Publish publish = (Publish) decide(new byte[] {1}, "location=rack 3", "size=large");

        assertThat(publish.content().location()).isEmpty();
        assertThat(publish.content().hash()).isEqualTo(WHOLE);
    }

    private static void rejected(String reason, IntakeDecision decision) {
        assertThat(decision).isInstanceOfSatisfying(Reject.class, reject -> {
            assertThat(reject.kind()).isEqualTo(RejectReason.BAD_OBJECT);
            assertThat(reject.reason()).contains(reason);
        });
    }

    private IntakeDecision decide(byte[] value, String... headers) {
        return decide(intake, value, headers);
    }

    private static IntakeDecision decide(PublishIntake intake, byte[] value, String... headers) {
        List<Header> named = new ArrayList<>();
        for (String header : headers) {
            String[] parts = header.split("=", 2);
            named.add(new Header(parts[0], ByteBuffer.wrap(parts[1].getBytes(StandardCharsets.UTF_8))));
        }
        byte[] key = "images/image.bin".getBytes(StandardCharsets.UTF_8);
        return intake.decide(
                        intake.read(Tenant.DEFAULT, key, named, value),
                        Optional.empty(),
                        new RejectedRecord.Origin("tftp.publish.default", 0, 7, 1000),
                        5_000)
                .decision();
    }

    private static String size(long bytes) {
        return "object-size=" + bytes;
    }

    private static byte[] list(int count) {
        byte[] list = new byte[count * Sha256.BYTES];
        new Random(count).nextBytes(list);
        return list;
    }

    private static List<Sha256> hashes(byte[] list) {
        List<Sha256> hashes = new ArrayList<>();
        for (ByteBuffer rest = ByteBuffer.wrap(list); rest.hasRemaining(); ) {
            hashes.add(Sha256.read(rest));
        }
        return hashes;
    }
}
