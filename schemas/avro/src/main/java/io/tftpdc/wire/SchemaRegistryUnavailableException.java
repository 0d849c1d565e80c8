package io.tftpdc.wire;

import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * The registry could not be asked, so nothing is known about the record. Whoever skips records that cannot be read must
 * not skip on this one: the same record is readable when the registry is back.
 */
public final class SchemaRegistryUnavailableException extends SerializationException {

    public SchemaRegistryUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
