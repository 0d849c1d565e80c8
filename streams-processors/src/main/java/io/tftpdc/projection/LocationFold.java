package io.tftpdc.projection;

import io.tftpdc.event.ContentLocation;
import io.tftpdc.topic.Topics;

/**
 * Chooses between two places of one chunk, the same whatever the order in which they are seen: the site's own topic
 * before a mirrored one, then topics by name, and within a partition the later record, because compaction removes the
 * earlier one.
 */
final class LocationFold {
    private LocationFold() {}

    static ContentLocation merge(ContentLocation a, ContentLocation b) {
        int order = Boolean.compare(isOwn(a), isOwn(b));
        if (order == 0) {
            order = b.topic().compareTo(a.topic());
        }
        if (order == 0) {
            order = Integer.compare(a.partition(), b.partition());
        }
        if (order == 0) {
            order = Long.compare(a.offset(), b.offset());
        }
        return order >= 0 ? a : b;
    }

    private static boolean isOwn(ContentLocation location) {
        return location.topic().equals(Topics.CONTENT.name());
    }
}
