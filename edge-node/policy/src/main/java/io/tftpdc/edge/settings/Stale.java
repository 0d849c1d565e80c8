package io.tftpdc.edge.settings;

/** What a node does whose index is older than {@code max-staleness}. */
public enum Stale {
    SERVE,
    REFUSE
}
