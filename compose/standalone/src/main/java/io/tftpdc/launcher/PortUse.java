package io.tftpdc.launcher;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A port that a part of the system will listen on.
 *
 * @param purpose who wants it, as in {@code the edge's HTTP}
 * @param host the address it will bind, empty for all addresses of the machine
 * @param option the command line option that changes it
 */
record PortUse(String purpose, Transport transport, String host, int port, String option) {

    enum Transport {
        TCP,
        UDP
    }

    /** Says what is wrong with the port and what to do, or nothing if it can be used now. */
    Optional<String> problem() {
        if (port < 1 || port > 65535) {
            return Optional.of(option + " is " + port + "; expected 1 to 65535 (--port-offset included)");
        }
        try {
            tryBinding();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(explain(e));
        }
    }

    /** Why the port could not be bound, and what helps. */
    String explain(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        String what = "Port " + port + "/" + transport + ", wanted for " + purpose + ", ";
        if (message.toLowerCase(Locale.ROOT).contains("permission denied")) {
            return what + "may not be used by this user (" + message + "): ports below 1024 need root or"
                    + " CAP_NET_BIND_SERVICE. Choose another with " + option + ", or move all ports with --port-offset";
        }
        if (!isAddressOfThisMachine()) {
            return what + "cannot be bound: " + host + " is no address of this machine (" + message + "). Change "
                    + hostOption();
        }
        return taken(port + "/" + transport + " (" + message + ")", this);
    }

    /** Where nothing at all can be bound, not even a port that the system chooses. */
    private boolean isAddressOfThisMachine() {
        try {
            new PortUse(purpose, transport, host, 0, option).tryBinding();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private String hostOption() {
        return option.equals("--tftp-port") || option.equals("--edge-http-port") ? "--listen" : "--control-listen";
    }

    /** The same message for a port that turned out to be taken later than {@link #problem()} looked. */
    String taken() {
        return taken(port + "/" + transport, this);
    }

    private static String taken(String what, PortUse use) {
        return "Port " + what + ", wanted for " + use.purpose + ", is taken by another program. Choose another with "
                + use.option + ", or move all ports with --port-offset";
    }

    /** All problems of all ports, those wanted twice among them. */
    static List<String> problems(List<PortUse> uses) {
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < uses.size(); i++) {
            PortUse use = uses.get(i);
            for (PortUse former : uses.subList(0, i)) {
                if (former.port == use.port && former.transport == use.transport) {
                    problems.add("Port " + use.port + "/" + use.transport + " is wanted for " + former.purpose
                            + " and for " + use.purpose + ". Change " + former.option + " or " + use.option);
                }
            }
            use.problem().ifPresent(problems::add);
        }
        return problems;
    }

    private InetSocketAddress address() {
        return host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
    }

    private void tryBinding() throws IOException {
        switch (transport) {
            case TCP -> {
                try (ServerSocket socket = new ServerSocket()) {
                    socket.setReuseAddress(true); // as servers do: connections of a former run may still be closing
                    socket.bind(address());
                }
            }
            case UDP -> {
                try (DatagramSocket socket = new DatagramSocket(null)) {
                    socket.bind(address());
                }
            }
        }
    }
}
