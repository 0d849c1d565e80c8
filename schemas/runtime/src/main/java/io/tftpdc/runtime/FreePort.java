package io.tftpdc.runtime;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for what listens a moment later, or again after it was ended. They lie below those that Linux gives to whoever
 * connects or asks for any (32768 and above): of these one may be taken at any time, even by a client that tries to reach
 * the very server that is away.
 */
public final class FreePort {
    private static final int LOWEST = 12_000;
    private static final int HIGHEST = 32_700;
    private static final int TRIES = 200;

    private FreePort() {}

    /** A port that nobody uses on that address now, neither for TCP nor for UDP. Any thread. */
    public static int on(String host) {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (isFree(host, port)) {
                return port;
            }
        }
        throw new IllegalStateException("No free port on " + host + " after " + TRIES + " tries between " + LOWEST
                + " and " + HIGHEST + "; does this machine have that address?");
    }

    /** Whether nobody uses the port on that address now. Any thread. */
    public static boolean isFree(String host, int port) {
        try (ServerSocket tcp = new ServerSocket()) {
            tcp.setReuseAddress(true);
            InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(host), port);
            tcp.bind(address);
            try (DatagramSocket udp = new DatagramSocket(address)) {
                return udp.isBound();
            }
        } catch (IOException e) {
            return false;
        }
    }
}
