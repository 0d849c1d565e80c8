package io.tftpdc.tftp.packet;

import java.util.Locale;

/**
 * One option of a request or of an OACK (RFC 2347).
 *
 * @param name as spelt by the sender. Names are compared without regard to case; the spelling is kept because some
 *     clients look for exactly their own in the answer.
 * @param value the text after the name
 */
public record TftpOption(String name, String value) {

    /** Bytes in a DATA packet (RFC 2348). */
    public static final String BLKSIZE = "blksize";

    /** Seconds before a retransmission (RFC 2349). */
    public static final String TIMEOUT = "timeout";

    /** Size of the file in bytes (RFC 2349). */
    public static final String TSIZE = "tsize";

    /** DATA packets per acknowledgement (RFC 7440). */
    public static final String WINDOWSIZE = "windowsize";

    /** Microseconds before a retransmission (tftp-hpa). */
    public static final String UTIMEOUT = "utimeout";

    /** 0 or 1: what follows block 65535 (tftp-hpa). */
    public static final String ROLLOVER = "rollover";

    public TftpOption {
        if (name.isEmpty() || name.indexOf('\0') >= 0 || value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("an option needs a name, and cannot hold a zero byte");
        }
    }

    /** The name in lower case. */
    public String canonicalName() {
        return name.toLowerCase(Locale.ROOT);
    }
}
