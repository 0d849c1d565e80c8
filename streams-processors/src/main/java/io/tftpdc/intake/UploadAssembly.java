package io.tftpdc.intake;

import static io.tftpdc.intake.RejectReason.BAD_PART;
import static io.tftpdc.intake.RejectReason.BAD_SHA256;
import static io.tftpdc.intake.RejectReason.FILE_TOO_LARGE;
import static io.tftpdc.intake.RejectReason.HASH_MISMATCH;
import static io.tftpdc.intake.RejectReason.MISSING_PART;
import static io.tftpdc.intake.RejectReason.UPLOAD_DROPPED;
import static io.tftpdc.intake.RejectReason.UPLOAD_IDLE;

import io.tftpdc.event.RejectedRecord;
import io.tftpdc.event.Sha256;
import io.tftpdc.intake.IntakeDecision.PartRepeated;
import io.tftpdc.intake.IntakeDecision.PartTaken;
import io.tftpdc.intake.IntakeDecision.Publish;
import io.tftpdc.intake.IntakeDecision.Reject;
import io.tftpdc.intake.PublishRequest.Part;
import io.tftpdc.intake.PublishRequest.UploadId;
import io.tftpdc.intake.UploadState.Dropped;
import io.tftpdc.intake.UploadState.Finished;
import io.tftpdc.intake.UploadState.InProgress;
import java.util.Optional;

/**
 * Puts the parts of an upload together. Parts come in order, because they have one key and so one partition; one that
 * comes again is ignored, one that is missing ends the upload. Pure: the caller keeps the state.
 */
final class UploadAssembly {
    private final IntakeLimits limits;
    private final int chunkSize;

    UploadAssembly(IntakeLimits limits, int chunkSize) {
        this.limits = limits;
        this.chunkSize = chunkSize;
    }

    /**
     * @param state what is remembered of this upload
     * @param origin where the part lies
     */
    UploadStep accept(Optional<UploadState> state, Part part, RejectedRecord.Origin origin, long nowMillis) {
        Arrival arrival = new Arrival(part, origin, nowMillis);
        if (state.isEmpty()) {
            return part.part() == 1 ? begin(arrival) : arrival.drop(MISSING_PART, missing(1, part));
        }
        return switch (state.get()) {
            case InProgress upload -> next(upload, arrival);
            case Finished finished -> again(finished, arrival);
            case Dropped dropped ->
                part.part() == 1
                        ? begin(arrival)
                        : UploadStep.unchanged(new Reject(
                                UPLOAD_DROPPED,
                                "upload " + part.uploadId() + " was rejected before its part " + part.part()
                                        + "; publish it again from part 1 with a new upload-id"));
        };
    }

    /** What becomes of an upload when nothing comes; empty while it may still go on. */
    Optional<UploadStep> expire(UploadId id, UploadState state, long nowMillis) {
        if (nowMillis - state.touchedAtMillis() < limits.uploadIdle().toMillis()) {
            return Optional.empty();
        }
        return Optional.of(
                switch (state) {
                    case InProgress upload ->
                        UploadStep.forget(new Reject(
                                UPLOAD_IDLE,
                                "part " + (upload.received() + 1) + " of " + upload.parts() + " of upload " + id.id()
                                        + " never came, though "
                                        + limits.uploadIdle().toSeconds()
                                        + " s have passed since the part before; publish the file again from part 1"
                                        + " with a new upload-id"));
                    case Finished finished -> UploadStep.forget(new PartRepeated());
                    case Dropped dropped -> UploadStep.forget(new PartRepeated());
                });
    }

    private UploadStep begin(Arrival arrival) {
        Part part = arrival.part;
        return take(
                new InProgress(
                        part.parts(),
                        0,
                        part.about(),
                        ContentSoFar.empty(chunkSize),
                        RunningSha256.start(),
                        RunningSha256.start().value(),
                        arrival.origin,
                        arrival.nowMillis),
                arrival);
    }

    /** A publisher that saw no answer sends the upload again; a file that was published must not come twice. */
    private UploadStep again(Finished finished, Arrival arrival) {
        Part part = arrival.part;
        boolean same = part.parts() == finished.parts()
                && part.about().declaredHash().map(finished.whole()::equals).orElse(true)
                && (part.part() > 1 || Sha256.of(part.body()).equals(finished.firstPart()));
        if (same) {
            return UploadStep.unchanged(new PartRepeated());
        }
        return part.part() == 1 ? begin(arrival) : arrival.drop(MISSING_PART, missing(1, part));
    }

    private UploadStep next(InProgress upload, Arrival arrival) {
        Part part = arrival.part;
        if (part.parts() != upload.parts()) {
            return arrival.drop(
                    BAD_PART,
                    "part " + part.part() + " of upload " + part.uploadId() + " says that there are " + part.parts()
                            + " parts, earlier ones said " + upload.parts()
                            + "; publish the file again with a new upload-id and one count");
        }
        if (part.part() <= upload.received()) {
            return part.part() > 1 || Sha256.of(part.body()).equals(upload.firstPart())
                    ? UploadStep.unchanged(new PartRepeated())
                    : arrival.drop(
                            BAD_PART,
                            "part 1 of upload " + part.uploadId() + " came again with other bytes before the upload"
                                    + " was complete; publish the file again with a new upload-id");
        }
        return part.part() == upload.received() + 1
                ? take(upload, arrival)
                : arrival.drop(MISSING_PART, missing(upload.received() + 1, part));
    }

    private UploadStep take(InProgress upload, Arrival arrival) {
        Part part = arrival.part;
        Optional<Sha256> declared = upload.about().declaredHash();
        Optional<Sha256> declaredHere = part.about().declaredHash();
        if (declared.isPresent() && declaredHere.isPresent() && !declared.equals(declaredHere)) {
            return arrival.drop(
                    BAD_SHA256,
                    "part " + part.part() + " of upload " + part.uploadId() + " has the header sha256 "
                            + declaredHere.get() + ", an earlier part said " + declared.get()
                            + "; expected the hash of the whole file on every part that has it");
        }
        FileDescription about = upload.about().withDeclaredHash(declared.or(() -> declaredHere));
        long size = upload.content().size() + part.body().remaining();
        Optional<String> tooLarge = limits.tooLarge(
                "upload " + part.uploadId() + " is " + size + " bytes with part " + part.part() + " of " + part.parts(),
                size);
        if (tooLarge.isPresent()) {
            return arrival.drop(FILE_TOO_LARGE, tooLarge.get());
        }
        ContentSoFar.Growth growth = upload.content().append(part.body());
        RunningSha256 running = upload.running().update(part.body());
        if (part.part() < part.parts()) {
            return UploadStep.remember(
                    new PartTaken(growth.chunks()),
                    new InProgress(
                            upload.parts(),
                            part.part(),
                            about,
                            growth.after(),
                            running,
                            part.part() == 1 ? running.value() : upload.firstPart(),
                            arrival.origin,
                            arrival.nowMillis));
        }
        Sha256 whole = running.value();
        return finish(about, growth, whole, part.part() == 1 ? whole : upload.firstPart(), arrival);
    }

    private UploadStep finish(
            FileDescription about, ContentSoFar.Growth growth, Sha256 hash, Sha256 firstPart, Arrival arrival) {
        if (about.declaredHash().isPresent() && !about.declaredHash().get().equals(hash)) {
            return arrival.drop(
                    HASH_MISMATCH, PublishIntake.mismatch(about.declaredHash().get(), hash));
        }
        ContentSoFar.Whole whole = growth.after().finish();
        return UploadStep.remember(
                new Publish(
                        PublishRequest.targets(arrival.part.key(), about.sites()),
                        whole.content(hash, chunkSize),
                        about,
                        PublishIntake.joined(growth.chunks(), whole.chunks())),
                new Finished(arrival.part.parts(), hash, firstPart, arrival.nowMillis));
    }

    private static String missing(int expected, Part found) {
        return "part " + expected + " of " + found.parts() + " of upload " + found.uploadId() + " is missing, part "
                + found.part() + " came instead; produce the parts in order and wait for each, then publish the file"
                + " again from part 1 with a new upload-id";
    }

    /** A part with what its handling needs. */
    private record Arrival(Part part, RejectedRecord.Origin origin, long nowMillis) {

        UploadStep drop(RejectReason kind, String reason) {
            return UploadStep.remember(new Reject(kind, reason), new Dropped(nowMillis));
        }
    }
}
