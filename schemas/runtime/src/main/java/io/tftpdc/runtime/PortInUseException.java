package io.tftpdc.runtime;

import java.io.IOException;
import java.net.InetSocketAddress;

/** A listener could not bind because somebody else listens there. */
public final class PortInUseException extends IOException {

    private final transient InetSocketAddress address;

    /**
     * @param purpose what the listener is for, as in "metrics and health"
     */
    public PortInUseException(String purpose, InetSocketAddress address, Throwable cause) {
        super(
                "Port " + address.getPort() + " on " + address.getHostString() + " (" + purpose
                        + ") is already in use; stop the process that has it or configure another port",
                cause);
        this.address = address;
    }

    public int port() {
        return address.getPort();
    }
}
