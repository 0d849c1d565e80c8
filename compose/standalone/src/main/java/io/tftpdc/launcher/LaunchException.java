package io.tftpdc.launcher;

/** The standalone cannot run; the message is for the person who typed the command, and says what to do. */
public sealed class LaunchException extends Exception permits PortTakenException {

    private static final long serialVersionUID = 1L;

    public LaunchException(String message) {
        super(message);
    }

    public LaunchException(String message, Throwable cause) {
        super(message, cause);
    }
}
