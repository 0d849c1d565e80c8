package io.tftpdc.client;

import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.Sha256;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;

/** Knows where in this site's Kafka chunks lie. Called by the reading thread; may block. */
@FunctionalInterface
public interface ContentLocator {

    /** The places of those chunks that are known; others are missing from the answer. */
    Map<Sha256, ContentLocation> locate(Collection<Sha256> hashes) throws IOException;
}
