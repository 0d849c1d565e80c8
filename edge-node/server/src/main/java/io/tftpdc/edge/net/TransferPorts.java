package io.tftpdc.edge.net;

import io.tftpdc.tftp.transfer.TransferId;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets that answers come from: a few per local address, each on a port of its own that is never the listener's,
 * unless the policy is {@link PortPolicy.Single}.
 *
 * <p>Opening a socket for every transfer costs more than serving a small file, so transfers share them, and as few as do:
 * the more packets wait on one socket, the fewer system calls they cost. RFC 1350 wants a
 * fresh pair of endpoints for each transfer; a client endpoint is therefore never given a port on which it still has a
 * running or dallying transfer. Ports that a rush made necessary stay open, and are used when the others are crowded again.
 * Binding to the address that the client called is what makes answers come from it, even
 * when the host has others. Used by one event loop.
 */
final class TransferPorts {

    /** Sockets per local address and event loop; only a client with as many transfers at once needs so many. */
    static final int MOST_PORTS = 256;

    /** So many are opened for the sake of their receive buffers. */
    private static final int MANY_PORTS = 16;

    /**
     * Of the receive buffer that is for one transfer, in bytes: seven DATA packets of an upload, or twenty ACKs, with the
     * kernel's bookkeeping.
     */
    private static final int ROOM_OF_TRANSFER = 16 << 10;

    /** After no port of an address could be opened, as long nobody tries again. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Opens a port on the event loop. */
    interface Opener {
        /**
         * @param address with port 0 for any
         * @throws IOException when the port is taken, or there is no socket to be had
         */
        TransferPort open(InetSocketAddress address) throws IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(TransferPorts.class);

    private final Opener opener;
    private final PortPolicy policy;
    private final int loopIndex;
    private final int loopCount;
    private final int usualPorts;
    private final TransferRegistry registry;
    private final LoopTimers timers;
    private final Map<LocalAddress, Ports> portsByAddress = new HashMap<>();
    private final List<ListenerPort> listeners = new ArrayList<>();
    private int turn;

    /** Those of one address. That no more can be had of it says nothing of other addresses. */
    private static final class Ports {
        final List<TransferPort> open = new ArrayList<>();
        long noMoreUntil;

        Ports(long now) {
            noMoreUntil = now;
        }

        int size() {
            return open.size();
        }
    }

    /**
     * An address with its interface, of which {@link InetAddress#equals} knows nothing: two interfaces may have the same
     * link-local address, and a socket is bound to one of them.
     *
     * @param scope number of the interface of a link-local address, 0 for any other
     */
    private record LocalAddress(InetAddress address, int scope) {
        static LocalAddress of(InetAddress address) {
            return new LocalAddress(address, address instanceof Inet6Address ipv6 ? ipv6.getScopeId() : 0);
        }
    }

    /** A port that requests arrive at, as a port to answer from. */
    interface ListenerPort {
        /** As that address of it, if it is one of its own. */
        Optional<TransferPort> as(InetAddress called);
    }

    /**
     * @param loopIndex which event loop this is, of {@code loopCount}: each has its own share of a range of ports
     * @param usualPorts ports kept open per local address
     */
    TransferPorts(
            Opener opener,
            PortPolicy policy,
            int loopIndex,
            int loopCount,
            int usualPorts,
            TransferRegistry registry,
            LoopTimers timers) {
        this.opener = opener;
        this.policy = policy;
        this.loopIndex = loopIndex;
        this.loopCount = loopCount;
        this.usualPorts = usualPorts;
        this.registry = registry;
        this.timers = timers;
    }

    /** Adds a listener of this event loop, from which everything is answered under {@link PortPolicy.Single}. */
    void addListener(ListenerPort listener) {
        listeners.add(listener);
    }

    /**
     * A port of {@code called} that is free for {@code client}; empty when there is none to be had, or when
     * {@code called} is a broadcast or multicast address, which is to be ignored (RFC 1123 section 4.2.3.4).
     */
    Optional<TransferPort> portFor(InetSocketAddress client, InetAddress called) {
        LocalAddress local = LocalAddress.of(called);
        long now = timers.nanos();
        Ports ports = portsByAddress.get(local);
        if (ports == null) {
            if (isForMany(called)) {
                return Optional.empty();
            }
            ports = new Ports(now);
            portsByAddress.put(local, ports);
        }
        if (policy instanceof PortPolicy.Single) {
            return single(called, ports.open);
        }
        if (ports.size() < Math.min(usualPorts, mostPorts())) {
            Optional<TransferPort> another = open(called, ports, now);
            if (another.isPresent()) {
                return another;
            }
        }
        int start = turn++;
        int usual = Math.min(usualPorts, ports.size());
        Optional<TransferPort> roomy = free(client, ports.open.subList(0, usual), start, false, now);
        if (roomy.isEmpty()) {
            roomy = free(client, ports.open.subList(usual, ports.size()), start, false, now);
        }
        if (roomy.isEmpty() && ports.size() < Math.min(MANY_PORTS, mostPorts())) {
            roomy = open(called, ports, now);
        }
        Optional<TransferPort> any = roomy.isPresent() ? roomy : free(client, ports.open, start, true, now);
        return any.isEmpty() && ports.size() < mostPorts() ? open(called, ports, now) : any;
    }

    /** One on which the client has no transfer; they take turns. */
    private Optional<TransferPort> free(
            InetSocketAddress client, List<TransferPort> ports, int start, boolean crowdedToo, long now) {
        for (int i = 0; i < ports.size(); i++) {
            TransferPort port = ports.get(Math.floorMod(start + i, ports.size()));
            if ((crowdedToo || !port.isCrowded()) && !registry.taken(new TransferId(client, port.local()), now)) {
                return Optional.of(port);
            }
        }
        return Optional.empty();
    }

    /** How many transfers a receive buffer is good for, of so many bytes of payload and bookkeeping. */
    static int transfersIn(int receiveBufferBytes) {
        return Math.max(1, receiveBufferBytes / ROOM_OF_TRANSFER);
    }

    private Optional<TransferPort> single(InetAddress called, List<TransferPort> known) {
        if (known.isEmpty()) {
            listeners.stream()
                    .flatMap(listener -> listener.as(called).stream())
                    .findFirst()
                    .ifPresent(known::add);
        }
        return known.stream().findFirst();
    }

    private int mostPorts() {
        return policy instanceof PortPolicy.Range range
                ? Math.min(MOST_PORTS, (range.size() - loopIndex + loopCount - 1) / loopCount)
                : MOST_PORTS;
    }

    private Optional<TransferPort> open(InetAddress called, Ports ports, long now) {
        if (now - ports.noMoreUntil < 0) {
            return Optional.empty(); // those that are open have to do
        }
        // One try for each port of our share: others on this host may have some of them.
        int tries = policy instanceof PortPolicy.Range ? mostPorts() : 1;
        IOException failure = null;
        for (int i = 0; i < tries; i++) {
            int number = policy instanceof PortPolicy.Range range
                    ? range.low() + loopIndex + ((ports.size() + i) % tries) * loopCount
                    : 0;
            if (number != 0 && ports.open.stream().anyMatch(port -> port.local().getPort() == number)) {
                continue;
            }
            try {
                TransferPort port = opener.open(new InetSocketAddress(called, number));
                ports.open.add(port);
                return Optional.of(port);
            } catch (IOException notThisOne) {
                failure = notThisOne;
            }
        }
        ports.noMoreUntil = now + PAUSE_NANOS;
        LOG.atWarn()
                .setMessage(
                        "cannot open a transfer port; is the limit of open files too low, or the range of ports taken?")
                .addKeyValue("address", called.getHostAddress())
                .addKeyValue("ports", policy)
                .setCause(failure)
                .log();
        return Optional.empty();
    }

    void close() {
        portsByAddress.values().forEach(ports -> ports.open.forEach(TransferPort::close));
        portsByAddress.clear();
    }

    static boolean isForMany(InetAddress address) {
        if (address.isMulticastAddress() || "255.255.255.255".equals(address.getHostAddress())) {
            return true;
        }
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(networkInterface -> networkInterface.getInterfaceAddresses().stream())
                    .map(InterfaceAddress::getBroadcast)
                    .anyMatch(address::equals);
        } catch (SocketException unknown) {
            return false;
        }
    }
}
