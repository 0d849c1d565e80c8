package io.tftpdc.client;

import io.tftpdc.event.ObjectLocation;
import java.io.IOException;

/** Reads bytes of objects outside of Kafka. Called by the reading thread; may block. */
@FunctionalInterface
public interface ObjectReader {

    /** For programs that no store is configured in. */
    ObjectReader NONE = (object, offset, length) -> {
        throw new IOException(
                "the bytes lie in object " + object + ", and no store is configured here that they may be read from");
    };

    /** Exactly so many bytes, which the caller checks. */
    byte[] read(ObjectLocation object, long offset, int length) throws IOException;
}
