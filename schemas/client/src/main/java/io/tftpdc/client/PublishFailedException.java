package io.tftpdc.client;

import java.io.IOException;

/** Kafka did not take, or did not confirm, a publish. Publishing again is always safe. */
public final class PublishFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    PublishFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
