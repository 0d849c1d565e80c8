package io.tftpdc.edge.index;

/** Every meter of the local index. */
public enum IndexMeter {
    ENTRIES("tftpdc.edge.index.entries", "Files in the index, removed ones included"),
    LAG("tftpdc.edge.index.lag", "Records that Kafka has and the index has not, when last looked at"),
    STALENESS(
            "tftpdc.edge.index.staleness.seconds",
            "Since the index last was known to hold all that Kafka has; -1 when it never was"),
    REACHABLE("tftpdc.edge.index.kafka.reachable", "1 when Kafka answered last time, otherwise 0"),
    RECORDS("tftpdc.edge.index.records", "Records read"),
    UNDECODABLE("tftpdc.edge.index.undecodable", "Records skipped because they could not be read"),
    FAILURES("tftpdc.edge.index.failures", "Connections to Kafka that were given up and made anew");

    private final String meterName;
    private final String description;

    IndexMeter(String meterName, String description) {
        this.meterName = meterName;
        this.description = description;
    }

    public String meterName() {
        return meterName;
    }

    public String description() {
        return description;
    }
}
