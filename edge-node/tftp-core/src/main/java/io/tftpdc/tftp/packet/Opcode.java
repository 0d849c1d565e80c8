package io.tftpdc.tftp.packet;

import java.util.Optional;

/** The first two bytes of every packet (RFC 1350 section 5, RFC 2347 for OACK). */
public enum Opcode {
    READ_REQUEST(1),
    WRITE_REQUEST(2),
    DATA(3),
    ACK(4),
    ERROR(5),
    OPTION_ACK(6);

    private final int code;

    Opcode(int code) {
        this.code = code;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }

    /** The opcode with this number, empty for a number that no RFC we speak has given out. */
    public static Optional<Opcode> of(int code) {
        return switch (code) {
            case 1 -> Optional.of(READ_REQUEST);
            case 2 -> Optional.of(WRITE_REQUEST);
            case 3 -> Optional.of(DATA);
            case 4 -> Optional.of(ACK);
            case 5 -> Optional.of(ERROR);
            case 6 -> Optional.of(OPTION_ACK);
            default -> Optional.empty();
        };
    }
}
