package io.tftpdc.intake;

import java.util.Locale;

/** Why a record of a publish topic was not accepted: the values of the tag {@code reason}, a fixed set. */
public enum RejectReason {
    /** No key, or an empty one: nobody knows the file's path. */
    MISSING_KEY,
    /** The key is no UTF-8. */
    KEY_NOT_TEXT,
    /** The key is no path within the tenant. */
    BAD_PATH,
    /** The topic's name ends in something that is no tenant. */
    BAD_TENANT,
    /** The record's value is larger than one record may be. */
    RECORD_TOO_LARGE,
    /** The parts together, or the object, are larger than a file may be. */
    FILE_TOO_LARGE,
    /** A header that cannot be read: content type, label, or not UTF-8. */
    BAD_HEADER,
    /** The header {@code sha256} is no SHA-256, or two parts disagree on it. */
    BAD_SHA256,
    /** The bytes are not those that the header {@code sha256} promised. */
    HASH_MISMATCH,
    /** The headers {@code upload-id}, {@code part} and {@code parts} make no sense, alone or with earlier parts. */
    BAD_PART,
    /** The headers that name an object, or the list of its chunks, make no sense. */
    BAD_OBJECT,
    /** A part came before the one that it follows. */
    MISSING_PART,
    /** The next part did not come for too long. */
    UPLOAD_IDLE,
    /** An earlier part was rejected already, so this one has nothing to belong to. */
    UPLOAD_DROPPED,
    /** Our clock is so far behind what was written before that the event would not count for long. */
    CLOCK_BEHIND;

    /** As meters show it: {@code hash-mismatch}. */
    public String tag() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
