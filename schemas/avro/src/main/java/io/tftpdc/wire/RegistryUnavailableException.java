package io.tftpdc.wire;

import org.apache.kafka.common.errors.SerializationException;

/**
 * The registry did not answer, which says nothing about the record: whoever meets this tries again later instead of
 * setting the record aside.
 */
public final class RegistryUnavailableException extends SerializationException {
    private static final long serialVersionUID = 1L;

    public RegistryUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
