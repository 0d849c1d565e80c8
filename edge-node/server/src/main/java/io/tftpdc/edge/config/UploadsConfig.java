package io.tftpdc.edge.config;

import io.dropwizard.util.DataSize;
import io.tftpdc.edge.content.Cidr;
import io.tftpdc.edge.content.Glob;
import io.tftpdc.edge.upload.UploadPolicy;
import io.tftpdc.edge.upload.UploadPolicy.KafkaAway;
import io.tftpdc.edge.upload.UploadService;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.Tenant;
import io.tftpdc.runtime.Defaults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What clients may upload.
 *
 * @param rules the first that fits decides; what none fits is refused, and without any nothing may be uploaded
 * @param maxConcurrent uploads at the same time; further ones wait, as their clients ask again
 * @param threads that hash and write what comes; 0 is two for each processor and at least 4, since they often wait for
 *     the disk
 * @param memory for what has come and is not stored yet; when it is used up, clients are held back
 * @param spoolSize what uploads may take on disk while Kafka is away
 */
public record UploadsConfig(
        List<Rule> rules, Integer maxConcurrent, Integer threads, DataSize memory, DataSize spoolSize) {

    public UploadsConfig {
        rules = List.copyOf(Defaults.or(rules, List.of()));
        maxConcurrent = Defaults.or(maxConcurrent, 256);
        threads = Defaults.or(threads, 0);
        memory = Defaults.or(memory, DataSize.mebibytes(32));
        spoolSize = Defaults.or(spoolSize, DataSize.gibibytes(10));
        require(maxConcurrent >= 1, "`max-concurrent` is " + maxConcurrent + "; expected 1 or more");
        require(threads >= 0 && threads <= 64, "`threads` is " + threads + "; expected 0 (chosen by processors) to 64");
        require(
                memory.toBytes() >= FileContent.CHUNK_SIZE,
                "`memory` is " + memory + "; expected at least 512KiB, such as 32MiB");
        require(
                spoolSize.toBytes() >= FileContent.CHUNK_SIZE,
                "`spool-size` is " + spoolSize + "; expected at least 512KiB, such as 10GiB");
    }

    @SuppressWarnings("NullAway") // the constructor puts defaults in place of nulls, as it does for the file
    static UploadsConfig defaults() {
        return new UploadsConfig(null, null, null, null, null);
    }

    /** The same, with a rule in front for each of these patterns: files may be created there and overwritten. */
    @SuppressWarnings("NullAway") // the constructor puts defaults in place of nulls, as it does for the file
    UploadsConfig allowing(List<String> paths) {
        List<Rule> more = new ArrayList<>();
        for (String path : paths) {
            more.add(new Rule(
                    Optional.empty(), Optional.of(path), null, true, true, null, null, null, KafkaAway.SPOOL, null));
        }
        more.addAll(rules);
        return new UploadsConfig(more, maxConcurrent, threads, memory, spoolSize);
    }

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
    public record Rule(
            Optional<String> tenant,
            Optional<String> path,
            List<String> clients,
            Boolean create,
            Boolean overwrite,
            DataSize maxSize,
            DataSize quotaSize,
            Long quotaFiles,
            KafkaAway onKafkaAway,
            Duration commitTimeout) {

        public Rule {
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
                    commitTimeout.toMillis() >= 1_000 && commitTimeout.toMinutes() <= 5,
                    "`commit-timeout` is " + commitTimeout + "; expected 1s to 5m. Clients give up by themselves after"
                            + " some 25s");
        }

        private UploadPolicy.Rule rule() {
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
    }

    /** @param directory of what waits for Kafka */
    public UploadService.Settings settings(Path directory) {
        return new UploadService.Settings(
                directory,
                new UploadPolicy(rules.stream().map(Rule::rule).toList()),
                threads > 0 ? threads : Math.max(4, 2 * Runtime.getRuntime().availableProcessors()),
                maxConcurrent,
                memory.toBytes(),
                spoolSize.toBytes());
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
