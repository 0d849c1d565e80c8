package io.tftpdc.client;

import java.io.IOException;

/** The admin API refused, failed, or was not there. The message is the server's own and fit for people. */
public final class TftpdcException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Stands for a server that was not reached. */
    public static final int UNREACHABLE = 0;

    private final int status;

    TftpdcException(int status, String message) {
        super(message);
        this.status = status;
    }

    TftpdcException(int status, String message, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    /** HTTP status, or {@link #UNREACHABLE}. */
    public int status() {
        return status;
    }
}
