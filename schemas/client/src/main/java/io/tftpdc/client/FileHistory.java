package io.tftpdc.client;

import java.util.List;
import java.util.Map;

/**
 * What happened to a file, the latest first; the first revision is the one that counts.
 */
public record FileHistory(String tenant, String path, List<Revision> revisions) {

    /**
     * @param kind {@code published} or {@code removed}
     * @param sha256 of the content; empty for a removal
     * @param size bytes; 0 for a removal
     * @param time wall clock at the origin, RFC 3339
     */
    public record Revision(
            String kind,
            String time,
            String origin,
            String actor,
            String sha256,
            long size,
            String contentType,
            Map<String, String> labels,
            String stamp) {}
}
