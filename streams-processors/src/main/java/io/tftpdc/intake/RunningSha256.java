package io.tftpdc.intake;

import io.tftpdc.event.Sha256;
import java.nio.ByteBuffer;
import org.bouncycastle.crypto.digests.SHA256Digest;

/**
 * A SHA-256 over bytes of which more are to come, as a value that can be stored between two parts of an upload. The
 * JDK's digests cannot be stored; Bouncy Castle's can.
 *
 * @param state Bouncy Castle's encoding of an unfinished digest, about 100 bytes, read-only
 */
record RunningSha256(ByteBuffer state) {
    private static final int COPY_BYTES = 64 * 1024;

    RunningSha256 {
        state = state.asReadOnlyBuffer();
    }

    static RunningSha256 start() {
        return of(new SHA256Digest());
    }

    RunningSha256 update(ByteBuffer bytes) {
        SHA256Digest digest = resume();
        ByteBuffer rest = bytes.duplicate();
        byte[] copy = new byte[Math.min(COPY_BYTES, Math.max(1, rest.remaining()))];
        while (rest.hasRemaining()) {
            int length = Math.min(copy.length, rest.remaining());
            rest.get(copy, 0, length);
            digest.update(copy, 0, length);
        }
        return of(digest);
    }

    /** The hash of all bytes so far. */
    Sha256 value() {
        byte[] hash = new byte[Sha256.BYTES];
        resume().doFinal(hash, 0);
        return Sha256.ofDigest(hash);
    }

    byte[] encoded() {
        byte[] bytes = new byte[state.remaining()];
        state.duplicate().get(bytes);
        return bytes;
    }

    private static RunningSha256 of(SHA256Digest digest) {
        return new RunningSha256(ByteBuffer.wrap(digest.getEncodedState()));
    }

    private SHA256Digest resume() {
        return new SHA256Digest(encoded());
    }
}
