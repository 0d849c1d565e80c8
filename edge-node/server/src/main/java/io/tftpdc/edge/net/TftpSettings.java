package io.tftpdc.edge.net;

import io.tftpdc.edge.policy.LimitSettings;
import io.tftpdc.edge.policy.RequestPolicy;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * What the TFTP server needs to know before it starts.
 *
 * @param listen where requests arrive. {@code ::} means every IPv4 and IPv6 address, {@code 0.0.0.0} every IPv4
 *     address; port 0 picks a free one
 * @param eventLoops threads that serve transfers; 0 means one for every two processors, since half of a packet's work is
 *     the kernel's, which does it on the others
 * @param nativeTransport use epoll where the kernel has it
 * @param maxTransfers most transfers and lookups at the same time; requests beyond are dropped, and the client, hearing
 *     nothing, asks again
 * @param portsPerLoop transfer ports that an event loop keeps open per local address; more are opened when one client
 *     has transfers on all of them, or there are more transfers than their receive buffers are good for
 * @param ports which local ports answers come from
 * @param receiveBufferBytes socket buffer of the listener, which must hold a boot storm's first packets. The kernel
 *     grants at most {@code net.core.rmem_max}
 * @param policy what clients may have, at the start
 * @param limits how much of it, at the start
 * @param dally how long a finished transfer keeps its pair of endpoints, so that late packets meet neither a new
 *     transfer nor an error
 * @param contentWait how long a client is kept waiting for a lookup, or for content that is not here yet
 */
public record TftpSettings(
        List<InetSocketAddress> listen,
        int eventLoops,
        boolean nativeTransport,
        int maxTransfers,
        int portsPerLoop,
        PortPolicy ports,
        int receiveBufferBytes,
        RequestPolicy policy,
        LimitSettings limits,
        Duration dally,
        Duration contentWait) {

    public static final int DEFAULT_MAX_TRANSFERS = 20_000;
    public static final int DEFAULT_PORTS_PER_LOOP = 4;
    public static final int DEFAULT_RECEIVE_BUFFER_BYTES = 32 << 20;
    public static final Duration DEFAULT_DALLY = Duration.ofSeconds(5);
    public static final Duration DEFAULT_CONTENT_WAIT = Duration.ofSeconds(30);

    public TftpSettings {
        listen = List.copyOf(listen);
        require(!listen.isEmpty(), "no address to listen on; expected at least one such as [::]:69");
        for (InetSocketAddress address : listen) {
            require(
                    !address.isUnresolved(),
                    "no address is known for the host " + address.getHostString()
                            + "; expected an address of this host, 0.0.0.0 or ::");
        }
        require(eventLoops >= 0, "eventLoops is " + eventLoops + "; expected 0 (one for every two processors) or more");
        require(maxTransfers >= 1, "maxTransfers is " + maxTransfers + "; expected 1 or more");
        require(
                portsPerLoop >= 1 && portsPerLoop <= TransferPorts.MOST_PORTS,
                "portsPerLoop is " + portsPerLoop + "; expected 1 to " + TransferPorts.MOST_PORTS);
        require(
                receiveBufferBytes >= 65_536,
                "receiveBufferBytes is " + receiveBufferBytes + "; expected 65536 or more");
        require(!dally.isNegative(), "dally is " + dally + "; expected zero or more");
        require(contentWait.compareTo(Duration.ZERO) > 0, "contentWait is " + contentWait + "; expected more than 0");
    }

    /** Every default, listening on these addresses. */
    public static TftpSettings listeningOn(List<InetSocketAddress> listen) {
        return new TftpSettings(
                listen,
                0,
                true,
                DEFAULT_MAX_TRANSFERS,
                DEFAULT_PORTS_PER_LOOP,
                new PortPolicy.Ephemeral(),
                DEFAULT_RECEIVE_BUFFER_BYTES,
                RequestPolicy.DEFAULT,
                LimitSettings.DEFAULT,
                DEFAULT_DALLY,
                DEFAULT_CONTENT_WAIT);
    }

    /** The number of event loops, chosen by the processors when it was not configured. */
    public int loops() {
        return loopsFor(eventLoops);
    }

    /** See {@code eventLoops}. */
    public static int loopsFor(int configured) {
        return configured > 0 ? configured : Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
