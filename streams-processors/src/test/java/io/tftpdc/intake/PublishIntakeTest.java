package io.tftpdc.intake;

import static io.tftpdc.intake.RejectReason.BAD_HEADER;
import static io.tftpdc.intake.RejectReason.BAD_PART;
import static io.tftpdc.intake.RejectReason.BAD_PATH;
import static io.tftpdc.intake.RejectReason.BAD_SHA256;
import static io.tftpdc.intake.RejectReason.FILE_TOO_LARGE;
import static io.tftpdc.intake.RejectReason.HASH_MISMATCH;
import static io.tftpdc.intake.RejectReason.KEY_NOT_TEXT;
import static io.tftpdc.intake.RejectReason.MISSING_KEY;
import static io.tftpdc.intake.RejectReason.MISSING_PART;
import static io.tftpdc.intake.RejectReason.RECORD_TOO_LARGE;
import static io.tftpdc.intake.RejectReason.UPLOAD_DROPPED;
import static io.tftpdc.intake.RejectReason.UPLOAD_IDLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.event.FileKey;
import io.tftpdc.event.RejectedRecord;
import io.tftpdc.event.RejectedRecord.Header;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.Tenant;
import io.tftpdc.intake.IntakeDecision.PartRepeated;
import io.tftpdc.intake.IntakeDecision.PartTaken;
import io.tftpdc.intake.IntakeDecision.Publish;
import io.tftpdc.intake.IntakeDecision.Reject;
import io.tftpdc.intake.IntakeDecision.Remove;
import io.tftpdc.intake.PublishRequest.UploadId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PublishIntakeTest {
    private static final IntakeLimits LIMITS = new IntakeLimits(100, 150, Duration.ofMinutes(10));
    private static final RejectedRecord.Origin ORIGIN = new RejectedRecord.Origin("tftp.publish.default", 0, 7, 1000);
    private static final UploadId UPLOAD = new UploadId(FileKey.of("default", "a"), "u");

    private final PublishIntake intake = new PublishIntake(LIMITS, 16);
    private Optional<UploadState> upload = Optional.empty();
    private long now = 5_000;

    @Test
    void aRecordWithKeyAndValueIsAFile() {
        Publish publish = accepted("boot/x", text("hello"), "content-type=text/plain", "label.model=x9300", "other=1");

        assertThat(publish.keys()).containsExactly(FileKey.of("default", "boot/x"));
        assertThat(publish.content().hash()).isEqualTo(Sha256.of(text("hello")));
        assertThat(publish.content().size()).isEqualTo(5);
        assertThat(publish.about().contentType()).isEqualTo("text/plain");
        assertThat(publish.about().labels()).containsExactly(Map.entry("model", "x9300"));
    }

    @Test
    void slashesInFrontOfAPathAreDropped() {
        assertThat(accepted("/boot/x", text("hello")).keys()).containsExactly(FileKey.of("default", "boot/x"));
    }

    @Test
    void aFileForSitesIsAVariantForEachOfThem() {
        Publish publish = accepted("boot/x", text("hello"), "sites=dc2, dc3");

        assertThat(publish.keys())
                .containsExactly(FileKey.of("default", "@site/dc2/boot/x"), FileKey.of("default", "@site/dc3/boot/x"));
        assertThat(publish.chunks()).hasSize(1);
        assertThat(((IntakeDecision.Remove) decide(text("boot/x"), null, "sites=dc3")).keys())
                .containsExactly(FileKey.of("default", "@site/dc3/boot/x"));
    }

    @Test
    void theFirstPartSaysForWhichSitesAFileIs() {
        decide(text("a"), text("x"), with(part(1, 2), "sites=dc2"));

        Publish publish = accepted("a", text("y"), part(2, 2));

        assertThat(publish.keys()).containsExactly(FileKey.of("default", "@site/dc2/a"));
    }

    @Test
    void namesSetApartForVariantsAreForVariantsOnly() {
        assertThat(accepted("@site/dc2/boot/x", text("hello")).keys())
                .containsExactly(FileKey.of("default", "@site/dc2/boot/x"));
        rejected(BAD_PATH, "expected @site/SITE/PATH", text("@SITE/dc2/boot/x"), text("hello"));
        rejected(BAD_PATH, "expected the plain path", text("@site/dc2/boot/x"), text("hello"), "sites=dc3");
        rejected(BAD_HEADER, "site name is 'DC 2'", text("boot/x"), text("hello"), "sites=DC 2");
        rejected(BAD_HEADER, "site name is ''", text("boot/x"), text("hello"), "sites=");
    }

    @Test
    void aValueOfNoBytesIsAnEmptyFile() {
        Publish publish = accepted("empty", new byte[0]);

        assertThat(publish.content().size()).isZero();
        assertThat(publish.chunks()).isEmpty();
    }

    @Test
    void aRecordWithoutAValueRemovesTheFile() {
        assertThat(decide(text("boot/x"), null)).isEqualTo(new Remove(List.of(FileKey.of("default", "boot/x"))));
    }

    @Test
    void aHashThatFitsIsAcceptedInEitherCase() {
        String hex = Sha256.of(text("hello")).hex();

        accepted("a", text("hello"), "sha256=" + hex);
        accepted("a", text("hello"), "sha256= " + hex.toUpperCase(java.util.Locale.ROOT));
    }

    @Test
    void everyRejectionSaysWhatToDo() {
        rejected(MISSING_KEY, "with the file's path as its key", null, text("x"));
        rejected(MISSING_KEY, "with the file's path as its key", new byte[0], text("x"));
        rejected(KEY_NOT_TEXT, "UTF-8", new byte[] {(byte) 0xff}, text("x"));
        rejected(BAD_PATH, "could leave the tenant", text("../etc/passwd"), text("x"));
        rejected(BAD_PATH, "path is empty", text("/"), text("x"));
        rejected(RECORD_TOO_LARGE, "Cut the file into parts", text("a"), new byte[101]);
        rejected(BAD_SHA256, "64 hexadecimal digits", text("a"), text("x"), "sha256=abc");
        rejected(HASH_MISMATCH, "hash the whole file", text("a"), text("x"), "sha256=" + Sha256.of(text("y")));
        rejected(BAD_HEADER, "media type", text("a"), text("x"), "content-type=\u00e4");
        rejected(BAD_HEADER, "no usable name", text("a"), text("x"), "label.=1");
        rejected(BAD_HEADER, "label's value", text("a"), text("x"), "label.n=" + "v".repeat(257));
        rejected(BAD_PART, "upload-id is missing", text("a"), text("x"), "part=1", "parts=2");
        rejected(BAD_PART, "parts is missing", text("a"), text("x"), "upload-id=u", "part=1");
        rejected(BAD_PART, "part is '3'; expected a number from 1 to 2", text("a"), text("x"), part(3, 2));
        rejected(BAD_PART, "part is '0'", text("a"), text("x"), part(0, 2));
        rejected(BAD_PART, "no value", text("a"), null, part(1, 2));
    }

    @Test
    void tooManyLabelsAreRejected() {
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < 65; i++) {
            labels.add("label.n" + i + "=v");
        }

        rejected(BAD_HEADER, "at most 64", text("a"), text("x"), labels.toArray(String[]::new));
    }

    @Test
    void labelsThatTheIndexWouldRefuseAreRejected() {
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            labels.add("label.n" + i + "=" + "€".repeat(200));
        }

        rejected(BAD_HEADER, "expected at most 32768", text("a"), text("x"), labels.toArray(String[]::new));
    }

    @Test
    void arbitraryKeysAndHeadersNeverThrow() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        String[] names = {"sha256", "content-type", "label.x", "label.\u0000", "upload-id", "part", "parts", "other"};
        for (int i = 0; i < 2000; i++) {
            byte[] key = bytes(random);
            List<Header> headers = new ArrayList<>();
            for (int h = random.nextInt(4); h > 0; h--) {
                headers.add(new Header(
                        names[random.nextInt(names.length)],
                        random.nextInt(5) == 0 ? null : ByteBuffer.wrap(bytes(random))));
            }
            PublishRequest request = intake.read(Tenant.DEFAULT, key, headers, bytes(random));
            assertThat(intake.decide(request, Optional.empty(), ORIGIN, now).decision())
                    .as("seed %d, case %d", seed, i)
                    .isNotNull();
        }
    }

    @Test
    void partsInOrderMakeAFileDescribedByPartOneAndHashedAsAWhole() {
        decide(text("a"), text("hel"), with(part(1, 2), "label.model=x", "content-type=text/plain"));
        IntakeDecision last = decide(
                text("a"), text("lo"), with(part(2, 2), "label.model=ignored", "sha256=" + Sha256.of(text("hello"))));

        assertThat(last).isInstanceOfSatisfying(Publish.class, publish -> {
            assertThat(publish.content().hash()).isEqualTo(Sha256.of(text("hello")));
            assertThat(publish.about().labels()).containsExactly(Map.entry("model", "x"));
            assertThat(publish.about().contentType()).isEqualTo("text/plain");
        });
    }

    @Test
    void aRepeatedPartIsIgnoredAlsoAfterTheEnd() {
        decide(text("a"), text("hel"), part(1, 2));

        assertThat(decide(text("a"), text("hel"), part(1, 2))).isEqualTo(new PartRepeated());
        assertThat(decide(text("a"), text("lo"), part(2, 2))).isInstanceOf(Publish.class);
        assertThat(decide(text("a"), text("lo"), part(2, 2))).isEqualTo(new PartRepeated());
    }

    @Test
    void aFinishedUploadThatIsSentAgainIsIgnoredAndOtherBytesBeginAnew() {
        decide(text("a"), text("hel"), part(1, 2));
        assertThat(decide(text("a"), text("lo"), part(2, 2))).isInstanceOf(Publish.class);

        assertThat(decide(text("a"), text("hel"), part(1, 2))).isEqualTo(new PartRepeated());
        assertThat(decide(text("a"), text("lo"), part(2, 2))).isEqualTo(new PartRepeated());

        UploadState finished = upload.orElseThrow();
        assertThat(UploadStateCodec.read(UploadStateCodec.head(finished), UploadStateCodec.carry(finished)))
                .isEqualTo(finished);
        assertThat(decide(text("a"), text("hel"), part(1, 3))).isInstanceOf(PartTaken.class);
        upload = Optional.of(finished);
        assertThat(decide(text("a"), text("hel"), with(part(1, 2), "sha256=" + Sha256.of(text("help")))))
                .isInstanceOf(PartTaken.class);
    }

    @Test
    void aGapNamesTheMissingPartAndDropsTheUpload() {
        decide(text("a"), text("x"), part(1, 4));

        rejected(MISSING_PART, "part 2 of 4 of upload u is missing, part 3 came", text("a"), text("x"), part(3, 4));
        rejected(UPLOAD_DROPPED, "again from part 1", text("a"), text("x"), part(4, 4));
    }

    @Test
    void anUploadThatBeginsInTheMiddleMissesPartOne() {
        rejected(MISSING_PART, "part 1 of 3", text("a"), text("x"), part(2, 3));
    }

    @Test
    void partOneBeginsADroppedOrFinishedUploadAnew() {
        rejected(MISSING_PART, "part 1 of 2", text("a"), text("x"), part(2, 2));

        assertThat(decide(text("a"), text("x"), part(1, 2))).isInstanceOf(PartTaken.class);
        assertThat(decide(text("a"), text("y"), part(2, 2))).isInstanceOf(Publish.class);
        assertThat(decide(text("a"), text("z"), part(1, 2))).isInstanceOf(PartTaken.class);
    }

    @Test
    void anUploadIdThatIsUsedAgainForOtherBytesDoesNotMixTwoFiles() {
        decide(text("a"), text("old"), part(1, 3));

        rejected(BAD_PART, "with a new upload-id", text("a"), text("new"), part(1, 3));
        rejected(UPLOAD_DROPPED, "rejected before", text("a"), text("x"), part(2, 3));
    }

    @Test
    void contradictionsBetweenPartsDropTheUpload() {
        decide(text("a"), text("x"), part(1, 3));
        rejected(BAD_PART, "says that there are 2 parts, earlier ones said 3", text("a"), text("x"), part(2, 2));

        upload = Optional.empty();
        decide(text("a"), text("x"), with(part(1, 3), "sha256=" + Sha256.of(text("1"))));
        rejected(
                BAD_SHA256,
                "an earlier part said",
                text("a"),
                text("x"),
                with(part(2, 3), "sha256=" + Sha256.of(text("2"))));
    }

    @Test
    void aFileOfPartsThatIsTooLargeOrHasAnotherHashIsRejected() {
        decide(text("a"), new byte[100], part(1, 2));
        rejected(FILE_TOO_LARGE, "expected at most 150", text("a"), new byte[51], part(2, 2));

        upload = Optional.empty();
        decide(text("a"), text("x"), with(part(1, 2), "sha256=" + Sha256.of(text("x"))));
        rejected(HASH_MISMATCH, "the header sha256 says", text("a"), text("y"), part(2, 2));
    }

    @Test
    void anIdleUploadSaysWhichPartNeverCame() {
        decide(text("a"), text("x"), part(1, 3));
        UploadState state = upload.orElseThrow();

        assertThat(intake.expire(UPLOAD, state, now + 599_999)).isEmpty();
        UploadStep step = intake.expire(UPLOAD, state, now + 600_000).orElseThrow();
        assertThat(step.decision()).isInstanceOfSatisfying(Reject.class, reject -> {
            assertThat(reject.kind()).isEqualTo(UPLOAD_IDLE);
            assertThat(reject.reason()).startsWith("part 2 of 3 of upload u never came");
        });
        assertThat(step.after(upload)).isEmpty();
    }

    @Test
    void whatIsRememberedOfAFinishedUploadIsForgottenSilently() {
        decide(text("a"), text("x"), part(1, 1));

        UploadStep step =
                intake.expire(UPLOAD, upload.orElseThrow(), now + 600_000).orElseThrow();

        assertThat(step.decision()).isEqualTo(new PartRepeated());
        assertThat(step.after(upload)).isEmpty();
    }

    private Publish accepted(String key, byte[] value, String... headers) {
        IntakeDecision decision = decide(text(key), value, headers);
        assertThat(decision).isInstanceOf(Publish.class);
        return (Publish) decision;
    }

    private void rejected(
            RejectReason kind, String fix, byte @Nullable [] key, byte @Nullable [] value, String... headers) {
        assertThat(decide(key, value, headers)).isInstanceOfSatisfying(Reject.class, reject -> {
            assertThat(reject.reason()).contains(fix);
            assertThat(reject.kind()).isEqualTo(kind);
        });
    }

    private IntakeDecision decide(byte @Nullable [] key, byte @Nullable [] value, String... headers) {
        List<Header> list = new ArrayList<>();
        for (String header : headers) {
            int equals = header.indexOf('=');
            list.add(new Header(header.substring(0, equals), ByteBuffer.wrap(text(header.substring(equals + 1)))));
        }
        PublishRequest request = intake.read(Tenant.DEFAULT, key, list, value);
        UploadStep step = intake.decide(request, upload, ORIGIN, now);
        upload = step.after(upload);
        return step.decision();
    }

    private static String[] part(int part, int parts) {
        return new String[] {"upload-id=u", "part=" + part, "parts=" + parts};
    }

    private static String[] with(String[] headers, String... more) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(12)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
