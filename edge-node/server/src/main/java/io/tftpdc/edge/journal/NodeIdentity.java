package io.tftpdc.edge.journal;

import io.tftpdc.event.SiteName;

/** Which node speaks. */
public record NodeIdentity(SiteName site, String node) {

    /** As the actor of an event. */
    String actor() {
        return "edge:" + node;
    }
}
