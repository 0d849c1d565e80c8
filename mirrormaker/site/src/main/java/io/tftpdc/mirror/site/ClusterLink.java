package io.tftpdc.mirror.site;

import io.tftpdc.topic.Answers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * A cluster that answers.
 *
 * @param name of the site
 * @param settings that every client of it needs
 * @param clusterId Kafka's own name of the cluster
 * @param brokers how many there are
 * @param topics names of those that the login may see
 */
record ClusterLink(
        String name, Map<String, Object> settings, Admin admin, String clusterId, int brokers, Set<String> topics)
        implements AutoCloseable {

    private static final String PROTOCOL = "security.protocol";

    /**
     * Connects, or tells why it cannot.
     *
     * @param where the place of its properties in the site file, for the fix
     */
    static Optional<ClusterLink> connect(
            String name, Map<String, Object> client, String where, Duration patience, Findings findings) {
        String servers = String.valueOf(client.get("bootstrap.servers"));
        List<String> refusals = new ArrayList<>();
        if (!anyListens(servers, patience, refusals)) {
            findings.problem(
                    "nothing listens: " + String.join("; ", refusals),
                    "start Kafka there, correct `" + where + ".bootstrap-servers`, or open the firewall between");
            return Optional.empty();
        }
        Map<String, Object> settings = new HashMap<>(client);
        settings.put("client.id", "tftpdc-mirror-check");
        settings.put("request.timeout.ms", (int) patience.toMillis());
        settings.put("default.api.timeout.ms", (int) patience.toMillis());
        Admin admin;
        try {
            admin = Admin.create(settings);
        } catch (KafkaException e) {
            findings.problem(
                    "Kafka's client cannot be set up: " + innermost(e),
                    "correct `" + where + ".properties`; they are spelt as Kafka's clients have them");
            return Optional.empty();
        }
        try {
            DescribeClusterResult cluster = admin.describeCluster();
            String id = Answers.of(cluster.clusterId());
            int brokers = Answers.of(cluster.nodes()).size();
            Set<String> topics = new TreeSet<>(Answers.of(admin.listTopics().names()));
            findings.ok("Kafka answers at " + servers + ": cluster " + id + ", brokers: " + brokers);
            return Optional.of(new ClusterLink(name, settings, admin, id, brokers, topics));
        } catch (RuntimeException e) {
            explain(e, where, settings, patience, findings);
            admin.close(Duration.ofSeconds(1));
            return Optional.empty();
        }
    }

    private static boolean anyListens(String servers, Duration patience, List<String> refusals) {
        for (String server : servers.split(",")) {
            String address = server.strip();
            int colon = address.lastIndexOf(':');
            try (Socket socket = new Socket()) {
                String host = address.substring(0, Math.max(0, colon)).replaceAll("^\\[|]$", "");
                InetSocketAddress resolved =
                        new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1)));
                if (resolved.isUnresolved()) {
                    refusals.add(address + ": the name is not known here");
                    continue;
                }
                socket.connect(resolved, (int) patience.toMillis());
                return true;
            } catch (IOException e) {
                refusals.add(address + ": " + e.getMessage());
            } catch (IllegalArgumentException e) {
                refusals.add(address + ": this is no host:port");
            }
        }
        return false;
    }

    private static void explain(
            RuntimeException e, String where, Map<String, Object> settings, Duration patience, Findings findings) {
        String protocol = String.valueOf(settings.getOrDefault(PROTOCOL, "PLAINTEXT"));
        if (e instanceof SslAuthenticationException) {
            findings.problem(
                    "TLS does not come about: " + innermost(e),
                    "let `" + where + ".properties` name a truststore (ssl.truststore.location) with the certificate of"
                            + " the authority that signed the broker's, and bootstrap by the name in that certificate");
        } else if (e instanceof AuthenticationException) {
            findings.problem(
                    "the login is refused: " + innermost(e),
                    "correct sasl.mechanism and sasl.jaas.config in `" + where
                            + ".properties`, or create that user there");
        } else if (e instanceof TimeoutException) {
            findings.problem(
                    "the port is open, but Kafka did not answer within " + patience.toSeconds() + " s over " + protocol,
                    "set `" + where + ".properties` to what that listener speaks (security.protocol: SSL, SASL_SSL"
                            + " or SASL_PLAINTEXT); if it is right, the address that the broker tells its clients"
                            + " (advertised.listeners) cannot be reached from here");
        } else {
            findings.problem("Kafka refuses: " + innermost(e), "give the login of `" + where + "` the right to ask");
        }
    }

    static String innermost(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    /** Without the settings, which hold secrets. */
    @Override
    public String toString() {
        return name;
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
