package io.tftpdc.projection;

import io.tftpdc.topic.Topic;
import java.util.regex.Pattern;

/** Names of a mirrored topic at this site: the site's own, and one for every peer. */
public final class SiteTopics {
    /** What {@link io.tftpdc.event.SiteName} allows; MirrorMaker puts it and a dot in front. */
    private static final String PEER = "[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?\\.";

    private SiteTopics() {}

    /**
     * Matches the topic and the peers' mirrored ones in full, and nothing else: not a topic that was mirrored twice, nor
     * one whose name merely ends alike.
     */
    public static Pattern pattern(Topic<?, ?> topic) {
        if (!topic.mirrored()) {
            throw new IllegalArgumentException(topic.name() + " is not mirrored; each site has its own");
        }
        return Pattern.compile("(?:" + PEER + ")?" + topic.name().replace(".", "\\."));
    }
}
