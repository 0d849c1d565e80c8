package io.tftpdc.edge.policy;

import java.util.Locale;

/**
 * Whether a request keeps within the limits. One that does not is dropped without an answer, since an answer is what
 * whoever makes up addresses wants; an honest client asks again.
 */
public enum Verdict {
    /** It may go on. */
    ADMITTED,
    /** It may go on, and its client is known: it answered lately, so its address is not made up. */
    KNOWN,
    /** Every transfer that the server may run is running, or no port is left. */
    BUSY,
    /** The client has as many transfers as it may. */
    CLIENT_TRANSFERS,
    SUBNET_TRANSFERS,
    TENANT_TRANSFERS,
    /** The client asks too often. */
    CLIENT_RATE,
    SUBNET_RATE,
    /** The client lets too many first replies go unanswered. */
    CLIENT_UNANSWERED,
    SUBNET_UNANSWERED,
    /** Its client had not answered yet, and it was given up for a newer request. */
    UNANSWERED,
    /** The same request again, after its reply was repeated as often as it may be to somebody who never answered. */
    REPEATS,
    /** An error message that would be one too many. */
    ERROR_RATE;

    public boolean admits() {
        return this == ADMITTED || this == KNOWN;
    }

    /** The label of a meter. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
