package io.tftpdc.edge.journal;

import io.tftpdc.edge.content.TransferReport;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Map;

/** Made-up reports. */
final class Reports {
    private Reports() {}

    static TransferReport completed(String tenant, String path, String sha256Hex) {
        return completed(TransferReport.Operation.READ, tenant, path, sha256Hex);
    }

    static TransferReport completed(TransferReport.Operation operation, String tenant, String path, String sha256Hex) {
        return report(operation, tenant, path, sha256Hex, TransferReport.Outcome.COMPLETED, "");
    }

    static TransferReport refused(String tenant, String path) {
        return report(
                TransferReport.Operation.READ, tenant, path, "", TransferReport.Outcome.REFUSED, "forbidden name");
    }

    private static TransferReport report(
            TransferReport.Operation operation,
            String tenant,
            String path,
            String sha256Hex,
            TransferReport.Outcome outcome,
            String message) {
        return new TransferReport(
                new InetSocketAddress("192.0.2.7", 2070),
                new InetSocketAddress("192.0.2.1", 40000),
                tenant,
                path,
                sha256Hex,
                Map.of("blksize", "1428"),
                1428,
                1,
                4096,
                1_500_000,
                Instant.EPOCH,
                2,
                outcome,
                message,
                operation);
    }
}
