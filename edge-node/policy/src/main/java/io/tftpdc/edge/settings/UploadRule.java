package io.tftpdc.edge.settings;

import io.dropwizard.util.DataSize;
import io.tftpdc.edge.policy.Cidr;
import io.tftpdc.edge.policy.Glob;
import io.tftpdc.edge.policy.UploadPolicy;
import io.tftpdc.edge.policy.UploadPolicy.KafkaAway;
import io.tftpdc.event.Tenant;
import io.tftpdc.runtime.Defaults;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Fits an upload when all that it names fits.
 *
 * @param tenant whose client sends it
 * @param path a pattern such as {@code backup/**}
 * @param clients address ranges such as {@code 10.1.0.0/16}; without any, all clients
 * @param create whether a file may be uploaded where there is none; true unless told
 * @param overwrite whether a new version of a file that exists may be uploaded; false unless told
 * @param maxSize of one file; 1GiB unless told
 * @param quotaSize of all files that the rule fits together, stored or under way, of each tenant; 10GiB unless told
 * @param quotaFiles how many files that the rule fits there may be, of each tenant; 100000 unless told
 * @param onKafkaAway {@code refuse}, unless told: the client gets an error; {@code spool}: the upload is kept on this
 *     node's disk, acknowledged, and published when Kafka is there again
 * @param commitTimeout how long Kafka has to confirm once the last block has come; 10s unless told
 */
public record UploadRule(
        Optional<String> tenant,
        Optional<String> path,
        List<String> clients,
        Boolean create,
        Boolean overwrite,
        DataSize maxSize,
        DataSize quotaSize,
        Long quotaFiles,
        KafkaAway onKafkaAway,
        Duration commitTimeout)
        implements OfTenant<UploadRule> {

    public UploadRule {
        tenant = Defaults.or(tenant, Optional.empty());
        path = Defaults.or(path, Optional.empty());
        clients = List.copyOf(Defaults.or(clients, List.of()));
        create = Defaults.or(create, true);
        overwrite = Defaults.or(overwrite, false);
        maxSize = Defaults.or(maxSize, DataSize.gibibytes(1));
        quotaSize = Defaults.or(quotaSize, DataSize.gibibytes(10));
        quotaFiles = Defaults.or(quotaFiles, 100_000L);
        onKafkaAway = Defaults.or(onKafkaAway, KafkaAway.REFUSE);
        commitTimeout = Defaults.or(commitTimeout, Duration.ofSeconds(10));
        tenant.ifPresent(Tenant::new);
        path.ifPresent(Glob::new);
        clients.forEach(Cidr::parse);
        require(maxSize.toBytes() >= 0, "`max-size` is " + maxSize + "; expected 0 or more, such as 64MiB");
        require(quotaSize.toBytes() >= 0, "`quota-size` is " + quotaSize + "; expected 0 or more, such as 10GiB");
        require(quotaFiles >= 0, "`quota-files` is " + quotaFiles + "; expected 0 or more");
        require(
                commitTimeout.compareTo(Duration.ofSeconds(1)) >= 0
                        && commitTimeout.compareTo(Duration.ofMinutes(5)) <= 0,
                "`commit-timeout` is " + commitTimeout + "; expected 1s to 5m. Clients give up by themselves after"
                        + " some 25s");
    }

    @Override
    public UploadRule of(Tenant owner) {
        return new UploadRule(
                Optional.of(owner.value()),
                path,
                clients,
                create,
                overwrite,
                maxSize,
                quotaSize,
                quotaFiles,
                onKafkaAway,
                commitTimeout);
    }

    public UploadPolicy.Rule rule() {
        return new UploadPolicy.Rule(
                tenant.map(Tenant::new),
                path.map(pattern -> new Glob(pattern).compiled()),
                clients.stream().map(Cidr::parse).toList(),
                create,
                overwrite,
                maxSize.toBytes(),
                new UploadPolicy.Quota(quotaSize.toBytes(), quotaFiles),
                onKafkaAway,
                commitTimeout);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
