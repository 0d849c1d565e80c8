package io.tftpdc.edge.content;

/** Every meter of the node's content. */
public enum ContentMeter {
    BYTES("tftpdc.edge.content.bytes", "Bytes of chunks on disk"),
    CHUNKS("tftpdc.edge.content.chunks", "Chunks on disk"),
    QUOTA("tftpdc.edge.content.quota.bytes", "Bytes that chunks may take on disk"),
    PINNED("tftpdc.edge.content.pinned.chunks", "Chunks that a running transfer holds"),
    EVICTIONS("tftpdc.edge.content.evictions", "Chunks dropped to keep the quota"),
    CORRUPT("tftpdc.edge.content.corrupt", "Chunks on disk that were not what their name says, and were dropped"),
    FETCHES("tftpdc.edge.content.fetches", "Chunks fetched from Kafka"),
    FETCHED_BYTES("tftpdc.edge.content.fetched.bytes", "Bytes of chunks fetched from Kafka"),
    FETCH_TIME("tftpdc.edge.content.fetch.duration", "From asking for a chunk to having it on disk"),
    FETCH_RETRIES("tftpdc.edge.content.fetch.retries", "Attempts to fetch a chunk that have to be repeated"),
    FETCH_FAILURES("tftpdc.edge.content.fetch.failures", "Chunks that could not be had in time"),
    MOVED("tftpdc.edge.content.moved", "Chunks that were not where their place says, and had to be looked for"),
    WANTED("tftpdc.edge.content.wanted.chunks", "Chunks asked for and not here yet"),
    EAGER_PENDING("tftpdc.edge.content.eager.pending.files", "Files to be here ahead of time that are not here yet");

    private final String meterName;
    private final String description;

    ContentMeter(String meterName, String description) {
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
