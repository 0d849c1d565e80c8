package io.tftpdc.client;

import java.io.IOException;

/** The index cannot be asked right now; the message says why and what to do. */
public final class CatalogUnavailableException extends IOException {
    private static final long serialVersionUID = 1L;

    CatalogUnavailableException(String message) {
        super(message);
    }

    CatalogUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
