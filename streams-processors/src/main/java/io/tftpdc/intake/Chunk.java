package io.tftpdc.intake;

import io.tftpdc.event.Sha256;
import java.nio.ByteBuffer;

/**
 * Bytes to be written to {@code tftp.content} under their hash.
 *
 * @param bytes read-only; often a slice of the record that they came in
 */
record Chunk(Sha256 hash, ByteBuffer bytes) {

    static Chunk of(ByteBuffer bytes) {
        ByteBuffer readOnly = bytes.asReadOnlyBuffer();
        return new Chunk(Sha256.of(readOnly), readOnly);
    }

    byte[] copy() {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return copy;
    }
}
