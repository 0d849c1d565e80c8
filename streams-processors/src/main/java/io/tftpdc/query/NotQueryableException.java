package io.tftpdc.query;

/** The store cannot be read now: it starts, moves to another process, or that process does not answer. Ask again. */
public final class NotQueryableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NotQueryableException(String message) {
        super(message);
    }

    NotQueryableException(String message, Throwable cause) {
        super(message, cause);
    }
}
