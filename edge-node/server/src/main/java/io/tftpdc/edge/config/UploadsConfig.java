package io.tftpdc.edge.config;

import io.dropwizard.util.DataSize;
import io.tftpdc.edge.policy.UploadPolicy;
import io.tftpdc.edge.policy.UploadPolicy.KafkaAway;
import io.tftpdc.edge.settings.UploadRule;
import io.tftpdc.edge.upload.UploadService;
import io.tftpdc.event.FileContent;
import io.tftpdc.runtime.Defaults;
import java.nio.file.Path;
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
        List<UploadRule> rules, Integer maxConcurrent, Integer threads, DataSize memory, DataSize spoolSize) {

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

    /** Nothing may be uploaded. */
    @SuppressWarnings("NullAway") // the constructor puts defaults in place of nulls, as it does for the file
    public static UploadsConfig defaults() {
        return new UploadsConfig(null, null, null, null, null);
    }

    /** The same, with a rule in front for each of these patterns: files may be created there and overwritten. */
    @SuppressWarnings("NullAway") // the constructor puts defaults in place of nulls, as it does for the file
    UploadsConfig allowing(List<String> paths) {
        List<UploadRule> more = new ArrayList<>();
        for (String path : paths) {
            more.add(new UploadRule(
                    Optional.empty(), Optional.of(path), null, true, true, null, null, null, KafkaAway.SPOOL, null));
        }
        more.addAll(rules);
        return new UploadsConfig(more, maxConcurrent, threads, memory, spoolSize);
    }

    /**
     * @param directory of what waits for Kafka
     * @param policy of these rules, or of others that were set at run time
     */
    public UploadService.Settings settings(Path directory, UploadPolicy policy) {
        return new UploadService.Settings(
                directory,
                policy,
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
