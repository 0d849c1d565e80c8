package io.tftpdc.mirror.site;

/**
 * One thing that was looked at.
 *
 * @param cluster whose Kafka it is about, as the report calls it
 * @param what was found, and for a problem what was expected
 * @param fix what to do; empty unless it is a problem
 */
public record Finding(String cluster, Kind kind, String what, String fix) {

    /** How much it matters. */
    public enum Kind {
        /** As it should be. */
        OK,
        /** Worth knowing, nothing to mend. */
        NOTE,
        /** Records would be lost, or would not flow. */
        PROBLEM
    }
}
