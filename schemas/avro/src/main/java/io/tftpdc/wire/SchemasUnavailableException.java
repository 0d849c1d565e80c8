package io.tftpdc.wire;

import org.apache.kafka.common.errors.SerializationException;

/**
 * The registry could not be asked, so nobody knows whether the value is good. Unlike any other
 * {@link SerializationException} this says nothing about the record: try again rather than refuse it.
 */
public final class SchemasUnavailableException extends SerializationException {
    private static final long serialVersionUID = 1L;

    /** @param message which registry, what it was asked and what to look at */
    public SchemasUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
