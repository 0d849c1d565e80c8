package io.tftpdc.intake;

import java.time.Duration;
import java.util.Optional;

/**
 * What the intake accepts.
 *
 * @param maxRecordBytes largest value of one record: a whole file or one part
 * @param maxFileBytes largest file of any kind: one record, parts, or an object that stays where it is
 * @param uploadIdle how long the next part of an upload may take
 */
public record IntakeLimits(long maxRecordBytes, long maxFileBytes, Duration uploadIdle) {

    /** 32 MiB a record, 16 GiB a file, one hour between parts. */
    public static final IntakeLimits DEFAULT = new IntakeLimits(32L << 20, 16L << 30, Duration.ofHours(1));

    public IntakeLimits {
        if (maxRecordBytes < 1 || maxFileBytes < maxRecordBytes) {
            throw new IllegalArgumentException("largest record is " + maxRecordBytes + " bytes, largest file "
                    + maxFileBytes + "; expected at least 1 byte, and a file no smaller than a record");
        }
        if (uploadIdle.isNegative() || uploadIdle.isZero()) {
            throw new IllegalArgumentException(
                    "uploads may idle for " + uploadIdle + "; expected more than nothing, such as 1h");
        }
    }

    /** What is wrong with a file of {@code size} bytes, which {@code found} describes; empty when it may be so large. */
    Optional<String> tooLarge(String found, long size) {
        return size <= maxFileBytes
                ? Optional.empty()
                : Optional.of(found + "; expected at most " + maxFileBytes
                        + ". Raise intake.max-file-size of the streams processors if such files are wanted");
    }
}
