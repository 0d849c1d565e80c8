package io.tftpdc.edge.policy;

import io.tftpdc.edge.policy.NetworkMtu.Link;
import io.tftpdc.edge.policy.NetworkMtu.Neighbours;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;

/** Asks the host's interfaces: some hundred microseconds of system calls, none of which waits. */
public final class LocalLinks {

    private LocalLinks() {}

    /** What the interface with this address says of itself; {@link Link#UNKNOWN} when there is none or it cannot tell. */
    public static Link of(InetAddress local) {
        try {
            NetworkInterface found = NetworkInterface.getByInetAddress(local);
            if (found == null && local.isLoopbackAddress()) {
                // All of 127.0.0.0/8 is ours, but only 127.0.0.1 is listed.
                found = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
            }
            int mtu = found == null ? 0 : found.getMTU();
            if (found == null || mtu <= 0) {
                return Link.UNKNOWN;
            }
            List<Neighbours> neighbours = found.getInterfaceAddresses().stream()
                    .map(one -> new Neighbours(one.getAddress(), one.getNetworkPrefixLength()))
                    .toList();
            return new Link(mtu, neighbours);
        } catch (SocketException cannotTell) {
            return Link.UNKNOWN;
        }
    }
}
