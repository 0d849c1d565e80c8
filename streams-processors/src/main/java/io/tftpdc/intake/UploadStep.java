package io.tftpdc.intake;

import java.util.Optional;

/**
 * What a part did.
 *
 * @param decision what to do
 * @param change what to remember of the upload from now on
 */
record UploadStep(IntakeDecision decision, Change change) {

    /** What becomes of the remembered state. */
    sealed interface Change {
        record Keep() implements Change {}

        record Forget() implements Change {}

        record Remember(UploadState next) implements Change {}
    }

    static UploadStep unchanged(IntakeDecision decision) {
        return new UploadStep(decision, new Change.Keep());
    }

    static UploadStep remember(IntakeDecision decision, UploadState next) {
        return new UploadStep(decision, new Change.Remember(next));
    }

    static UploadStep forget(IntakeDecision decision) {
        return new UploadStep(decision, new Change.Forget());
    }

    /** The state after the step, given the one before. */
    Optional<UploadState> after(Optional<UploadState> before) {
        return switch (change) {
            case Change.Keep keep -> before;
            case Change.Forget forget -> Optional.empty();
            case Change.Remember remember -> Optional.of(remember.next());
        };
    }
}
