package io.tftpdc.launcher;

import io.tftpdc.runtime.FreePort;
import io.tftpdc.runtime.LocalAddresses;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Addresses of this machine, and how they are written. */
final class Addresses {

    /** A name would first resolve to ::1, where nobody may listen. */
    static final String LOOPBACK = "127.0.0.1";

    private Addresses() {}

    /** {@code host:port}, as in URLs: an IPv6 address in brackets. */
    static String hostPort(String host, int port) {
        return (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
    }

    /** Whether it stands for all addresses of the machine, so that nobody can connect to it. */
    static boolean isWildcard(String host) {
        return host.isEmpty() || host.equals("0.0.0.0") || host.matches("\\[?[0:]*::?[0:]*\\]?");
    }

    /** Where a program on this machine connects to what listens on the given address. */
    static String localTo(String listenHost) {
        return isWildcard(listenHost) ? LOOPBACK : listenHost;
    }

    /** An address of this machine that others can use: IPv4 before IPv6, else its name. */
    static String ofThisMachine() {
        return LocalAddresses.reachable().stream()
                .findFirst()
                .map(InetAddress::getHostAddress)
                .map(text -> text.replaceFirst("%.*", ""))
                .orElseGet(Addresses::nameOfThisMachine);
    }

    /** A loopback port that is free now. */
    static int freePort() {
        return FreePort.on(LOOPBACK);
    }

    private static String nameOfThisMachine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return LOOPBACK;
        }
    }
}
