package io.tftpdc.edge.http;

import java.util.Optional;

/** What operators may ask. Called on event loops: answers from memory or a local disk. JSON. */
public interface StatusPage {

    /** How the node is. */
    String node();

    /** What the node knows of a file and how much of it is here; empty when the name is none. */
    Optional<String> file(String tenant, String path);
}
