package io.tftpdc.event;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which events of one file somebody knew when he wrote the next one: for each origin the greatest hybrid time, since
 * what a site says of one file comes in order. It tells a write that replaced another on purpose from one that was made
 * without knowing of it. One entry per site, so it stays small.
 *
 * <p>Source: Parker et al., "Detection of Mutual Inconsistency in Distributed Systems" (1983).
 *
 * @param known false for a writer who did not say, as before version 0.2; he is taken to have known all that is older
 * @param latest by origin, greatest time seen; a site without an entry was not heard of
 */
public record VersionVector(boolean known, Map<SiteName, HybridTime> latest) {
    /** Of a writer who did not say what he knew. */
    public static final VersionVector UNKNOWN = new VersionVector(false, Map.of());
    /** Of a writer who saw nothing of the file. */
    public static final VersionVector NOTHING = new VersionVector(true, Map.of());

    public VersionVector {
        latest = Collections.unmodifiableMap(new TreeMap<>(latest));
        if (!known && !latest.isEmpty()) {
            throw new IllegalArgumentException("a version vector that is not known has " + latest.size() + " entries");
        }
    }

    public static VersionVector of(Map<SiteName, HybridTime> latest) {
        return new VersionVector(true, latest);
    }

    /** Whether the one who had this vector knew of the event. */
    public boolean includes(EventStamp stamp) {
        HybridTime seen = latest.get(stamp.origin());
        return seen != null && seen.compareTo(stamp.time()) >= 0;
    }
}
