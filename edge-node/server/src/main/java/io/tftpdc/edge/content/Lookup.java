package io.tftpdc.edge.content;

/** What looking for a file found. {@code tenant} and {@code path} name what was looked for, after any remapping. */
public sealed interface Lookup {

    /** The file is there; {@code file} is pinned until it is closed. */
    record Found(OpenFile file) implements Lookup {}

    /** No such file; an everyday answer, since boot loaders probe lists of names. */
    record NotFound(String tenant, String path) implements Lookup {}

    /** The client may not have it; {@code reason} is sent to the client, so it says nothing secret. */
    record Refused(String tenant, String path, String reason) implements Lookup {}

    /** The file exists but cannot be served now, for example because its content is not here and Kafka is away. */
    record Unavailable(String tenant, String path, String reason) implements Lookup {}
}
