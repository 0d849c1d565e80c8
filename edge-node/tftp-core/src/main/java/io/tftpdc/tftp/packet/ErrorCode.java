package io.tftpdc.tftp.packet;

/**
 * The number in an ERROR packet (RFC 1350 section 5, RFC 2347 for 8). A record rather than an enum, so that a number
 * that nobody has defined survives decoding and can be reported.
 *
 * @param value 0 to 65535
 */
public record ErrorCode(int value) {

    /** Not defined, see the message. */
    public static final ErrorCode NOT_DEFINED = new ErrorCode(0);

    public static final ErrorCode FILE_NOT_FOUND = new ErrorCode(1);
    public static final ErrorCode ACCESS_VIOLATION = new ErrorCode(2);
    public static final ErrorCode DISK_FULL = new ErrorCode(3);
    public static final ErrorCode ILLEGAL_OPERATION = new ErrorCode(4);
    public static final ErrorCode UNKNOWN_TRANSFER_ID = new ErrorCode(5);
    public static final ErrorCode FILE_EXISTS = new ErrorCode(6);
    public static final ErrorCode NO_SUCH_USER = new ErrorCode(7);

    /** The client did not like the OACK (RFC 2347); UEFI firmware sends it when it only wanted to know the size. */
    public static final ErrorCode OPTIONS_REFUSED = new ErrorCode(8);

    public ErrorCode {
        if (value < 0 || value > 0xFFFF) {
            throw new IllegalArgumentException("error code " + value + " is not an unsigned 16-bit number");
        }
    }
}
