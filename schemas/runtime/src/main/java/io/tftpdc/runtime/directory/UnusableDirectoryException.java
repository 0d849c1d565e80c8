package io.tftpdc.runtime.directory;

/** This process must not use the directory; the message says why and what to do. */
public sealed class UnusableDirectoryException extends Exception permits DirectoryInUseException {

    private static final long serialVersionUID = 1L;

    UnusableDirectoryException(String message) {
        super(message);
    }
}
