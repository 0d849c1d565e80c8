package io.tftpdc.edge.content;

import io.tftpdc.runtime.DefinedMeter;
import io.tftpdc.runtime.MeterDefinition;

/** Every meter of the content on this node. */
public enum ContentMeters implements DefinedMeter {
    STORED(MeterDefinition.gauge("tftpdc.edge.content.stored", "bytes", "Chunks on disk")),
    CHUNKS(MeterDefinition.gauge("tftpdc.edge.content.chunks", "Chunks on disk")),
    QUOTA(MeterDefinition.gauge("tftpdc.edge.content.quota", "bytes", "What chunks may take on disk")),
    PINNED(MeterDefinition.gauge("tftpdc.edge.content.pinned.chunks", "Chunks that a running transfer holds")),
    EVICTIONS(MeterDefinition.counter("tftpdc.edge.content.evictions", "Chunks dropped to keep the quota")),
    CORRUPT(MeterDefinition.counter(
            "tftpdc.edge.content.corrupt", "Chunks on disk that were not what their name says, and were dropped")),
    FETCHES(MeterDefinition.counter("tftpdc.edge.content.fetches", "Chunks fetched from Kafka")),
    FETCHED(MeterDefinition.counter("tftpdc.edge.content.fetched", "bytes", "Chunks fetched from Kafka")),
    FETCH_DURATION(MeterDefinition.timer(
            "tftpdc.edge.content.fetch.duration", "From asking for a chunk to having it on disk")),
    FETCH_RETRIES(MeterDefinition.counter(
            "tftpdc.edge.content.fetch.retries", "Attempts to fetch a chunk that had to be repeated")),
    FETCH_FAILURES(
            MeterDefinition.counter("tftpdc.edge.content.fetch.failures", "Chunks that could not be had in time")),
    MOVED(MeterDefinition.counter("tftpdc.edge.content.moved", "Times that a chunk was not where its place says")),
    OBJECT_READS(MeterDefinition.counter(
            "tftpdc.edge.content.object.reads",
            "Chunks read from object stores, or not, by store and outcome: ok, unavailable, missing, refused, changed,"
                    + " unsupported, unconfigured")),
    OBJECT_READ(MeterDefinition.counter(
            "tftpdc.edge.content.object.read", "bytes", "Chunks read from object stores, by store")),
    OBJECT_DURATION(MeterDefinition.timer(
            "tftpdc.edge.content.object.duration", "From asking an object store for a chunk to having its bytes")),
    WANTED(MeterDefinition.gauge("tftpdc.edge.content.wanted.chunks", "Chunks asked for that are not here yet")),
    EAGER_PENDING(MeterDefinition.gauge(
            "tftpdc.edge.content.eager.pending.files", "Files to be here ahead of time that are not here yet"));

    private final MeterDefinition definition;

    ContentMeters(MeterDefinition definition) {
        this.definition = definition;
    }

    @Override
    public MeterDefinition definition() {
        return definition;
    }
}
