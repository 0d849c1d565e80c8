package io.tftpdc.edge;

import io.tftpdc.edge.config.EdgeConfig;
import io.tftpdc.edge.config.EdgePolicy;
import io.tftpdc.edge.http.HttpSettings;
import io.tftpdc.edge.net.TftpSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a node's listeners need to know, from its configuration. */
final class ListenerSettings {
    private static final Logger LOG = LoggerFactory.getLogger(ListenerSettings.class);

    private ListenerSettings() {}

    /** @param policy at the start */
    static TftpSettings tftp(EdgeConfig config, EdgePolicy policy) {
        EdgeConfig.Tftp tftp = config.tftp();
        List<String> addresses = tftp.listen().isEmpty() ? List.of(everything()) : tftp.listen();
        return new TftpSettings(
                addresses.stream()
                        .map(address -> new InetSocketAddress(address, tftp.port()))
                        .toList(),
                tftp.eventLoops(),
                true,
                tftp.maxTransfers(),
                TftpSettings.DEFAULT_PORTS_PER_LOOP,
                tftp.ports(),
                TftpSettings.DEFAULT_RECEIVE_BUFFER_BYTES,
                policy.requests(),
                policy.limits(),
                TftpSettings.DEFAULT_DALLY,
                // A little longer, so that the client is told why the content did not come.
                config.content().fetchTimeout().plusSeconds(1));
    }

    static HttpSettings http(EdgeConfig config) {
        String host = config.http().host().orElse(everything());
        return new HttpSettings(
                new InetSocketAddress(host, config.http().port()),
                HttpSettings.DEFAULT_EVENT_LOOPS,
                config.http().maxConnections(),
                HttpSettings.DEFAULT_IDLE);
    }

    /** IPv4 and IPv6 where the host has both. */
    private static String everything() {
        try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET6)) {
            channel.bind(new InetSocketAddress("::", 0));
            return "::";
        } catch (IOException | UnsupportedOperationException e) {
            LOG.atDebug().setCause(e).log("This host has no IPv6");
            return "0.0.0.0";
        }
    }
}
