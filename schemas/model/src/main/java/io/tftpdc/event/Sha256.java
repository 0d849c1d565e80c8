package io.tftpdc.event;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A SHA-256 digest (FIPS 180-4) as a value: four big-endian longs, so that it is immutable, compares fast and needs no
 * array.
 */
public record Sha256(long a, long b, long c, long d) {

    /** Length of a digest in bytes. */
    public static final int BYTES = 32;

    /** Never fed: a copy of it is had several times sooner than one that is looked up among the providers. */
    private static final MessageDigest FRESH = lookUp();

    /** The digest of bytes. */
    public static Sha256 of(byte[] bytes) {
        return ofDigest(digester().digest(bytes));
    }

    /** The digest of the bytes between position and limit, which are not consumed. */
    public static Sha256 of(ByteBuffer bytes) {
        MessageDigest digester = digester();
        digester.update(bytes.duplicate());
        return ofDigest(digester.digest());
    }

    /** A finished digest of {@value #BYTES} bytes. */
    public static Sha256 ofDigest(byte[] digest) {
        if (digest.length != BYTES) {
            throw new IllegalArgumentException("digest of " + digest.length + " bytes; expected " + BYTES);
        }
        return read(ByteBuffer.wrap(digest));
    }

    /** Takes the next {@value #BYTES} bytes of the buffer. */
    public static Sha256 read(ByteBuffer from) {
        return new Sha256(from.getLong(), from.getLong(), from.getLong(), from.getLong());
    }

    /** @throws IllegalArgumentException when the text is not 64 hexadecimal digits of either case */
    public static Sha256 parse(String hex) {
        if (hex.length() != 2 * BYTES) {
            throw new IllegalArgumentException(
                    "SHA-256 is '" + hex + "'; expected 64 hexadecimal digits, as sha256sum prints");
        }
        return ofDigest(HexFormat.of().parseHex(hex));
    }

    /** A fresh digester, for content that comes in pieces. Not for sharing between threads. */
    public static MessageDigest digester() {
        try {
            return (MessageDigest) FRESH.clone();
        } catch (CloneNotSupportedException e) {
            return lookUp();
        }
    }

    private static MessageDigest lookUp() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no SHA-256, which every one must have", e);
        }
    }

    public void write(ByteBuffer into) {
        into.putLong(a).putLong(b).putLong(c).putLong(d);
    }

    public byte[] bytes() {
        ByteBuffer buffer = ByteBuffer.allocate(BYTES);
        write(buffer);
        return buffer.array();
    }

    public String hex() {
        return HexFormat.of().formatHex(bytes());
    }

    @Override
    public String toString() {
        return hex();
    }
}
