package io.tftpdc.edge.policy;

import io.tftpdc.event.FileKey;
import io.tftpdc.event.Tenant;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Who may upload what. The first rule that fits decides; without one nothing may be uploaded. */
public record UploadPolicy(List<Rule> rules) {

    public UploadPolicy {
        rules = List.copyOf(rules);
    }

    /**
     * Fits an upload when all that it names fits.
     *
     * @param tenant whose file it becomes; empty for everybody's
     * @param path pattern of the path, as {@link Glob} compiles it
     * @param clients ranges of the client's address; empty for all
     * @param create whether a file may be uploaded where there is none
     * @param overwrite whether a new version of a file may be uploaded
     * @param maxSize bytes of one file
     * @param quota of all files that the rule fits, for each tenant by itself
     * @param kafkaAway what happens while Kafka does not take uploads
     * @param commitTimeout how long Kafka has to confirm once the last block has arrived
     */
    public record Rule(
            Optional<Tenant> tenant,
            Optional<Pattern> path,
            List<Cidr> clients,
            boolean create,
            boolean overwrite,
            long maxSize,
            Quota quota,
            KafkaAway kafkaAway,
            Duration commitTimeout) {

        public Rule {
            clients = List.copyOf(clients);
        }

        /** Whether the rule is about this file, whoever sends it. */
        public boolean covers(FileKey key) {
            return tenant.map(wanted -> wanted.equals(key.tenant())).orElse(true)
                    && path.map(pattern -> pattern.matcher(key.path().value()).matches())
                            .orElse(true);
        }

        private boolean fits(FileKey key, InetAddress client) {
            return covers(key) && (clients.isEmpty() || clients.stream().anyMatch(range -> range.contains(client)));
        }
    }

    /**
     * How much may be stored and under way together.
     *
     * @param bytes of the newest versions
     * @param files that exist
     */
    public record Quota(long bytes, long files) {}

    /** What happens to uploads while Kafka is away. */
    public enum KafkaAway {
        /** The client gets an error that says so. */
        REFUSE,
        /** They are kept on this node's disk, acknowledged, and published when Kafka is there again. */
        SPOOL
    }

    /** Whether both decide alike because they say the same; patterns are compared as they are written. */
    public boolean sameAs(UploadPolicy other) {
        return rules.toString().equals(other.rules.toString());
    }

    /** The number of the rule that decides, from 0; empty when the upload is not permitted. */
    public OptionalInt decide(FileKey key, InetAddress client) {
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).fits(key, client)) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }
}
