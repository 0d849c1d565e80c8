package io.tftpdc.intake;

import io.tftpdc.event.RejectedRecord;
import io.tftpdc.event.Sha256;

/**
 * What is remembered of an upload between its parts.
 *
 * <pre>
 *   (nothing) ──part 1──► InProgress ──last part──► Finished ──idle──► (nothing)
 *       │                  │      └──idle──► (nothing), rejected
 *       └──part 2..n──► Dropped ◄──gap, contradiction, too large, wrong hash
 *                          └──idle──► (nothing)
 * </pre>
 *
 * Part 1 begins the upload anew from {@link Dropped}, and from {@link Finished} if it is not that upload sent again.
 */
sealed interface UploadState {

    /** Wall clock when a part last changed it. */
    long touchedAtMillis();

    /**
     * Parts 1 to {@code received} are here.
     *
     * @param parts how many there will be
     * @param firstPart hash of part 1, which tells a part that came twice from an id that was used twice
     * @param lastPart where the latest part lies
     */
    record InProgress(
            int parts,
            int received,
            FileDescription about,
            ContentSoFar content,
            RunningSha256 running,
            Sha256 firstPart,
            RejectedRecord.Origin lastPart,
            long touchedAtMillis)
            implements UploadState {}

    /**
     * The file is published; parts that come again are ignored.
     *
     * @param parts how many there were
     * @param whole hash of the file
     * @param firstPart hash of part 1
     */
    record Finished(int parts, Sha256 whole, Sha256 firstPart, long touchedAtMillis) implements UploadState {}

    /** A part was rejected and the others with it; part 1 begins anew. */
    record Dropped(long touchedAtMillis) implements UploadState {}
}
