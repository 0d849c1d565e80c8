package io.tftpdc.launcher;

/** A child process found its port taken. */
final class PortTakenException extends LaunchException {

    private static final long serialVersionUID = 1L;

    private final int port;

    PortTakenException(int port) {
        super("Port " + port + " is taken by another program");
        this.port = port;
    }

    int port() {
        return port;
    }
}
