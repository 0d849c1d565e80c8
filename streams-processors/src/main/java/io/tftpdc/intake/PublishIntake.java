package io.tftpdc.intake;

import static io.tftpdc.intake.RejectReason.HASH_MISMATCH;

import io.tftpdc.event.FileContent;
import io.tftpdc.event.RejectedRecord;
import io.tftpdc.event.RejectedRecord.Header;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.Tenant;
import io.tftpdc.intake.IntakeDecision.Publish;
import io.tftpdc.intake.IntakeDecision.Reject;
import io.tftpdc.intake.IntakeDecision.Remove;
import io.tftpdc.intake.PublishRequest.Listed;
import io.tftpdc.intake.PublishRequest.Part;
import io.tftpdc.intake.PublishRequest.Removal;
import io.tftpdc.intake.PublishRequest.Unreadable;
import io.tftpdc.intake.PublishRequest.UploadId;
import io.tftpdc.intake.PublishRequest.Whole;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a record of a publish topic is worth: a published file, one part of one, a removal, or a rejection with a
 * reason that tells the fix. Pure; {@link PublishIntakeProcessor} reads and writes.
 *
 * <p>A record without a value removes its file. A value of no bytes is an empty file.
 */
final class PublishIntake {
    private final PublishRequestReader reader;
    private final UploadAssembly assembly;
    private final int chunkSize;

    PublishIntake(IntakeLimits limits) {
        this(limits, FileContent.CHUNK_SIZE);
    }

    /** For tests, which want many chunks of few bytes. */
    PublishIntake(IntakeLimits limits, int chunkSize) {
        this.reader = new PublishRequestReader(limits);
        this.assembly = new UploadAssembly(limits, chunkSize);
        this.chunkSize = chunkSize;
    }

    /** What the record asks for; then {@link #decide} with what is remembered of the upload, if it is part of one. */
    PublishRequest read(Tenant tenant, byte @Nullable [] key, List<Header> headers, byte @Nullable [] value) {
        return reader.read(tenant, key, headers, value);
    }

    /**
     * @param upload what is remembered of the request's upload; empty for other requests
     * @param origin where the record lies
     */
    UploadStep decide(
            PublishRequest request, Optional<UploadState> upload, RejectedRecord.Origin origin, long nowMillis) {
        return switch (request) {
            case Whole whole -> UploadStep.unchanged(publish(whole));
            case Listed listed -> UploadStep.unchanged(publish(listed));
            case Part part -> assembly.accept(upload, part, origin, nowMillis);
            case Removal removal ->
                UploadStep.unchanged(new Remove(PublishRequest.targets(removal.key(), removal.sites())));
            case Unreadable unreadable -> UploadStep.unchanged(new Reject(unreadable.kind(), unreadable.reason()));
        };
    }

    /** See {@link UploadAssembly#expire}. */
    Optional<UploadStep> expire(UploadId id, UploadState state, long nowMillis) {
        return assembly.expire(id, state, nowMillis);
    }

    private IntakeDecision publish(Whole whole) {
        Sha256 hash = Sha256.of(whole.body());
        Optional<Sha256> declared = whole.about().declaredHash();
        if (declared.isPresent() && !declared.get().equals(hash)) {
            return new Reject(HASH_MISMATCH, mismatch(declared.get(), hash));
        }
        ContentSoFar.Growth growth = ContentSoFar.empty(chunkSize).append(whole.body());
        ContentSoFar.Whole content = growth.after().finish();
        return new Publish(
                PublishRequest.targets(whole.key(), whole.about().sites()),
                content.content(hash, chunkSize),
                whole.about(),
                joined(growth.chunks(), content.chunks()));
    }

    private static Publish publish(Listed listed) {
        return new Publish(
                PublishRequest.targets(listed.key(), listed.about().sites()),
                listed.content(),
                listed.about(),
                listed.manifests());
    }

    static String mismatch(Sha256 declared, Sha256 found) {
        return "the bytes have the SHA-256 " + found + ", the header sha256 says " + declared
                + "; send the bytes that were hashed, or hash the whole file again";
    }

    static List<Chunk> joined(List<Chunk> first, List<Chunk> second) {
        List<Chunk> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
