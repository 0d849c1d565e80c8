package io.tftpdc.dns;

import io.tftpdc.placement.SiteMap;
import io.tftpdc.placement.Subnet;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.ClientSubnetOption;

/**
 * For whom a question is answered, by EDNS Client Subnet (RFC 7871) or else the resolver's address.
 *
 * @param clients the network whose clients all get the same answer
 * @param scope what the answer says of that, to be sent back
 */
record ClientNetwork(Subnet clients, int scope) {
    /** As far as answers differ among the clients of one site; resolvers send no more than that either. */
    private static final int FINEST_IPV4 = 24;

    private static final int FINEST_IPV6 = 56;

    /**
     * @param option of the query, if there is one
     * @param resolver who sent the query
     */
    static ClientNetwork of(@Nullable ClientSubnetOption option, InetAddress resolver, SiteMap sites) {
        if (option == null || option.getSourcePrefixLength() == 0) {
            // A client that wants its address kept to itself is answered as if nothing had been said (section 7.1.2).
            return new ClientNetwork(Subnet.of(resolver, resolver.getAddress().length * 8), 0);
        }
        InetAddress client = option.getAddress();
        int finest = client.getAddress().length == 4 ? FINEST_IPV4 : FINEST_IPV6;
        // More bits than were sent mean: ask with more, until then keep this for the bits that were sent (section
        // 7.3.1).
        int scope = Math.max(sites.locate(client).scope(), Math.min(option.getSourcePrefixLength(), finest));
        return new ClientNetwork(Subnet.of(client, scope), scope);
    }
}
