package io.tftpdc.projection;

import io.tftpdc.event.SiteName;
import io.tftpdc.index.convergence.LinkProgress;
import java.util.List;
import java.util.Map;

/** What is known of the other sites beside the digests of their indexes. Any thread may ask; answers at once. */
public interface OtherSites {
    /** Knows nothing. */
    OtherSites UNKNOWN = new OtherSites() {
        @Override
        public List<LinkProgress> links(int partition) {
            return List.of();
        }

        @Override
        public Map<SiteName, Long> forgotten() {
            return Map.of();
        }
    };

    /** How far each mirror and each index that reports is with this partition of the file events of each site. */
    List<LinkProgress> links(int partition);

    /** Sites that were removed, and up to which time by their own clock what they said is void. */
    Map<SiteName, Long> forgotten();
}
