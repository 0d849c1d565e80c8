package io.tftpdc.edge.policy;

/** What a client wants to do with a file. */
public enum Operation {
    /** RRQ. */
    READ,
    /** WRQ. */
    WRITE
}
