package io.tftpdc.client;

import java.util.List;

/**
 * Files of which one site's version lost to another site's whose writer did not know of it.
 *
 * @param total open conflicts of the tenant, whatever the prefix
 * @param next path to go on after; empty at the end
 */
public record ConflictPage(long total, List<Conflict> conflicts, String next) {

    /**
     * @param winner what is served, or the removal
     * @param losers what may be restored, the latest first
     */
    public record Conflict(String tenant, String path, Version winner, List<Version> losers) {}

    /**
     * @param revision names it, for restoring
     * @param kind {@code published} or {@code removed}
     * @param time wall clock at the origin, RFC 3339
     * @param sha256 of the content; empty for a removal
     * @param size bytes; 0 for a removal
     */
    public record Version(
            String revision, String kind, String time, String origin, String actor, String sha256, long size) {}
}
