package io.tftpdc.tftp.packet;

import java.util.Locale;
import java.util.Optional;

/** How the bytes of a file travel (RFC 1350 section 1). */
public enum TransferMode {
    /** The bytes as they are. */
    OCTET,
    /** Text with the line ends of NVT ASCII: LF travels as CR LF, CR as CR NUL. */
    NETASCII,
    /** Obsolete since RFC 1350: decoded so that it can be refused by its name. */
    MAIL;

    /** The word in a request. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The mode called {@code name} in any mix of upper and lower case. */
    public static Optional<TransferMode> named(String name) {
        for (TransferMode mode : values()) {
            if (mode.name().equalsIgnoreCase(name)) {
                return Optional.of(mode);
            }
        }
        return Optional.empty();
    }
}
