package io.tftpdc.client;

import java.io.IOException;

/** Bytes of a file could not be had from Kafka; the message says which and what to do. */
public final class ContentUnavailableException extends IOException {
    private static final long serialVersionUID = 1L;

    ContentUnavailableException(String message) {
        super(message);
    }

    ContentUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
