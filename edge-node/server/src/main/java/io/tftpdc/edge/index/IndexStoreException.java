package io.tftpdc.edge.index;

/** The database on disk failed: a full or broken disk. */
public final class IndexStoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    IndexStoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
