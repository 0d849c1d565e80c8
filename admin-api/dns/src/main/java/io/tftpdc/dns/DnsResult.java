package io.tftpdc.dns;

import java.util.Locale;

/** What became of a message, as the meter {@link DnsMeters#QUERIES} counts it. */
enum DnsResult {
    /** With records. */
    ANSWERED,
    /** With edge nodes that are silent or full, for want of better ones. */
    UNCERTAIN,
    /** The name has no such records. */
    NO_DATA,
    /** NXDOMAIN. */
    NO_SUCH_NAME,
    /** SERVFAIL: no edge node is known, another name server may know more. */
    NO_EDGES,
    /** Another zone or class, or a zone transfer. */
    REFUSED,
    /** An opcode other than QUERY. */
    NOT_IMPLEMENTED,
    /** An EDNS version other than 0. */
    BAD_VERSION,
    /** FORMERR: a question can be read, but not all that follows. */
    FORMAT_ERROR,
    /** Dropped: not even a question. */
    MALFORMED,
    /** Dropped: answering an answer would make a loop. */
    NOT_A_QUERY;

    String tag() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
