package io.tftpdc.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.RejectedRecord;
import io.tftpdc.event.Sha256;
import io.tftpdc.intake.IntakeDecision.PartRepeated;
import io.tftpdc.intake.IntakeDecision.PartTaken;
import io.tftpdc.intake.IntakeDecision.Publish;
import io.tftpdc.intake.IntakeDecision.Reject;
import io.tftpdc.intake.IntakeDecision.Remove;
import io.tftpdc.intake.PublishRequest.Part;
import io.tftpdc.intake.PublishRequest.Whole;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** However a file is cut into records, the same content comes out. */
class UploadPartsProperties {
    private static final FileKey KEY = FileKey.of("default", "images/x.bin");
    private static final RejectedRecord.Origin ORIGIN = new RejectedRecord.Origin("tftp.publish.default", 0, 7, 1000);
    private static final FileDescription PLAIN = new FileDescription(Optional.empty(), "", Map.of(), List.of());
    private static final int CASES = 60;

    static List<Long> seeds() {
        Random random = new Random();
        Long replay = Long.getLong("seed");
        return replay != null ? List.of(replay) : random.longs(CASES).boxed().toList();
    }

    @ParameterizedTest(name = "-Dseed={0}")
    @MethodSource("seeds")
    void everySplitIntoPartsGivesTheContentOfOneRecord(long seed) {
        Random random = new Random(seed);
        int chunkSize = 1 + random.nextInt(40);
        byte[] file = new byte[size(random, chunkSize)];
        random.nextBytes(file);
        PublishIntake intake = new PublishIntake(IntakeLimits.DEFAULT, chunkSize);
        Map<Sha256, byte[]> chunks = new HashMap<>();
        FileContent whole = published(
                intake.decide(new Whole(KEY, PLAIN, ByteBuffer.wrap(file)), Optional.empty(), ORIGIN, 0), chunks);

        Map<Sha256, byte[]> partChunks = new HashMap<>();
        FileContent ofParts = upload(intake, split(random, file), random, partChunks);

        assertThat(ofParts).isEqualTo(whole);
        assertThat(whole.hash()).isEqualTo(Sha256.of(file));
        assertThat(partChunks.keySet()).isEqualTo(chunks.keySet());
        assertThat(read(whole, chunks)).isEqualTo(file);
        assertThat(read(ofParts, partChunks)).isEqualTo(file);
    }

    /** Feeds the parts, each of them now and then twice; between two parts the state is stored and read again. */
    private static FileContent upload(
            PublishIntake intake, List<byte[]> parts, Random random, Map<Sha256, byte[]> chunks) {
        Optional<UploadState> state = Optional.empty();
        for (int i = 1; i <= parts.size(); i++) {
            Part part = new Part(KEY, "u", i, parts.size(), PLAIN, ByteBuffer.wrap(parts.get(i - 1)));
            UploadStep step = intake.decide(part, state, ORIGIN, 0);
            if (i == parts.size()) {
                return published(step, chunks);
            }
            assertThat(step.decision()).isInstanceOf(PartTaken.class);
            keep(((PartTaken) step.decision()).chunks(), chunks);
            state = step.after(state).map(UploadPartsProperties::storedAndRead);
            if (random.nextInt(4) == 0) {
                UploadStep again = intake.decide(part, state, ORIGIN, 0);
                assertThat(again.decision()).isEqualTo(new PartRepeated());
                assertThat(again.after(state)).isEqualTo(state);
            }
        }
        throw new AssertionError("no parts");
    }

    private static UploadState storedAndRead(UploadState state) {
        UploadState read = UploadStateCodec.read(UploadStateCodec.head(state), UploadStateCodec.carry(state));
        assertThat(read).isEqualTo(state);
        return read;
    }

    private static FileContent published(UploadStep step, Map<Sha256, byte[]> chunks) {
        return switch (step.decision()) {
            case Publish publish -> {
                keep(publish.chunks(), chunks);
                yield publish.content();
            }
            case PartTaken taken -> throw new AssertionError("expected the file to be complete");
            case PartRepeated repeated -> throw new AssertionError("expected the file to be complete");
            case Remove remove -> throw new AssertionError("expected the file to be complete");
            case Reject reject -> throw new AssertionError(reject.reason());
        };
    }

    private static void keep(List<Chunk> written, Map<Sha256, byte[]> chunks) {
        for (Chunk chunk : written) {
            assertThat(Sha256.of(chunk.bytes())).isEqualTo(chunk.hash());
            chunks.put(chunk.hash(), chunk.copy());
        }
    }

    /** Puts the content together from its chunks as a reader would. */
    private static byte[] read(FileContent content, Map<Sha256, byte[]> chunks) {
        List<Sha256> hashes = new ArrayList<>();
        switch (content.chunks()) {
            case FileContent.Inline inline -> hashes.addAll(inline.hashes());
            case FileContent.Manifest manifest -> {
                assertThat(content.chunkCount()).isGreaterThan(FileContent.MAX_INLINE_CHUNKS);
                for (Sha256 page : manifest.hashes()) {
                    ByteBuffer list = ByteBuffer.wrap(chunks.getOrDefault(page, new byte[0]));
                    while (list.hasRemaining()) {
                        hashes.add(Sha256.read(list));
                    }
                }
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < hashes.size(); i++) {
            byte[] chunk = chunks.getOrDefault(hashes.get(i), new byte[0]);
            assertThat(chunk).hasSize(content.chunkLength(i));
            bytes.writeBytes(chunk);
        }
        return bytes.toByteArray();
    }

    /** Empty, about one chunk, some chunks, more than an event lists, or more than one manifest lists. */
    private static int size(Random random, int chunkSize) {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> chunkSize + random.nextInt(3) - 1;
            case 2 -> chunkSize * (FileContent.MAX_INLINE_CHUNKS + random.nextInt(3) - 1) + random.nextInt(2);
            case 3 -> chunkSize * (FileContent.CHUNKS_PER_MANIFEST + random.nextInt(3) - 1) + random.nextInt(2);
            default -> random.nextInt(2000);
        };
    }

    private static List<byte[]> split(Random random, byte[] file) {
        List<byte[]> parts = new ArrayList<>();
        int at = 0;
        while (at < file.length && parts.size() < 30) {
            int length = Math.min(file.length - at, random.nextInt(Math.max(2, file.length / 4)));
            parts.add(Arrays.copyOfRange(file, at, at + length));
            at += length;
        }
        parts.add(Arrays.copyOfRange(file, at, file.length));
        return parts;
    }
}
