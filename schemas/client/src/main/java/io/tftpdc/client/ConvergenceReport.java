package io.tftpdc.client;

import java.util.List;

/**
 * Which sites and nodes agree, as one site sees it.
 *
 * @param site whose view it is
 * @param agree whether all that are known hold the same
 * @param asOf wall clock of that site, RFC 3339
 */
public record ConvergenceReport(
        String site, boolean agree, String asOf, List<SiteAgreement> sites, List<NodeAgreement> nodes) {

    /**
     * A site's index beside this site's.
     *
     * @param state {@code same}, {@code different}, or {@code silent} when nothing was heard of it for long
     * @param behindEvents records that its streams processors and its mirror have yet to read; -1 when they do not say
     * @param behindSeconds how long ago the first change was made that one of the two lacks; 0 when they are the same
     * @param reportAgeSeconds since its index was heard of last; -1 for never
     */
    public record SiteAgreement(
            String site,
            String state,
            long behindEvents,
            long behindSeconds,
            long reportAgeSeconds,
            List<TenantAgreement> tenants) {}

    /**
     * @param digest of the winners, what edge nodes report as well
     * @param files that exist at that site
     * @param conflicts open ones at that site
     * @param buckets that differ
     * @param paths of the files that differ, where they were asked for; bounded
     * @param note what is missing from {@code paths}, and why; may be empty
     */
    public record TenantAgreement(
            String tenant,
            boolean same,
            String digest,
            long files,
            long conflicts,
            List<Integer> buckets,
            List<DifferingPath> paths,
            String note) {}

    /** @param where {@code here} or the other site when only that one has the file, else {@code both} */
    public record DifferingPath(String path, String where) {}

    /**
     * A node beside the site whose Kafka it follows.
     *
     * @param state what it said last of itself; {@code SILENT} when it has not reported for long
     * @param same whether its digests are those of its site; true where it reports none
     * @param behindEvents records that it has yet to read
     * @param behindSeconds since it last knew that it had all; -1 when it does not say
     * @param tenants that differ
     */
    public record NodeAgreement(
            String site,
            String node,
            String role,
            String state,
            boolean same,
            long behindEvents,
            long behindSeconds,
            long reportAgeSeconds,
            List<String> tenants) {}
}
