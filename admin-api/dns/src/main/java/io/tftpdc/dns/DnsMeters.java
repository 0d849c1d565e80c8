package io.tftpdc.dns;

import io.tftpdc.runtime.DefinedMeter;
import io.tftpdc.runtime.MeterDefinition;

/** Every meter of the DNS server. None is labelled with a name that was asked for or with a client. */
public enum DnsMeters implements DefinedMeter {
    QUERIES(MeterDefinition.counter(
            "tftpdc.dns.queries", "Messages that came, by `result` and `transport`; some results are no reply")),
    TRUNCATED(MeterDefinition.counter("tftpdc.dns.truncated", "Answers over UDP that say to ask again over TCP")),
    CONNECTIONS(MeterDefinition.gauge("tftpdc.dns.connections", "Open TCP connections")),
    REFUSED(MeterDefinition.counter(
            "tftpdc.dns.connections.refused", "TCP connections closed at once because there were too many"));

    private final MeterDefinition definition;

    DnsMeters(MeterDefinition definition) {
        this.definition = definition;
    }

    @Override
    public MeterDefinition definition() {
        return definition;
    }
}
