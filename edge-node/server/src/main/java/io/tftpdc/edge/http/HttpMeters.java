package io.tftpdc.edge.http;

import io.tftpdc.runtime.DefinedMeter;
import io.tftpdc.runtime.MeterDefinition;

/** Every meter of the HTTP server. None is labelled with a file name or a client: those belong in events. */
public enum HttpMeters implements DefinedMeter {
    TRANSFERS(MeterDefinition.counter("tftpdc.edge.http.transfers", "Requests for files that are over, by outcome")),
    SENT(MeterDefinition.counter("tftpdc.edge.http.sent", "bytes", "File content written to clients")),
    DURATION(MeterDefinition.timer("tftpdc.edge.http.duration", "From request to last byte, completed transfers")),
    ACTIVE(MeterDefinition.gauge("tftpdc.edge.http.active.transfers", "Transfers running now")),
    CONNECTIONS(MeterDefinition.gauge("tftpdc.edge.http.connections", "Open connections")),
    REFUSED(MeterDefinition.counter(
            "tftpdc.edge.http.connections.refused", "Connections closed at once because there were too many"));

    private final MeterDefinition definition;

    HttpMeters(MeterDefinition definition) {
        this.definition = definition;
    }

    @Override
    public MeterDefinition definition() {
        return definition;
    }
}
