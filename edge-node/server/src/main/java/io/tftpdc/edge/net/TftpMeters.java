package io.tftpdc.edge.net;

import io.tftpdc.runtime.DefinedMeter;
import io.tftpdc.runtime.MeterDefinition;

/** Every meter of the TFTP server. None is ever labelled with a file name or a client: those belong in events. */
public enum TftpMeters implements DefinedMeter {
    READ_REQUESTS(MeterDefinition.counter("tftpdc.tftp.read.requests", "Read requests that arrived, repeats included")),
    WRITE_REQUESTS(
            MeterDefinition.counter("tftpdc.tftp.write.requests", "Write requests that arrived, repeats included")),
    MALFORMED(MeterDefinition.counter("tftpdc.tftp.malformed", "Datagrams that were no TFTP packet, or out of place")),
    STRANGERS(MeterDefinition.counter(
            "tftpdc.tftp.strangers", "Packets at a transfer port from an endpoint that has no transfer there")),
    DROPPED(MeterDefinition.counter(
            "tftpdc.tftp.requests.dropped",
            "Requests and error messages beyond a limit, which got no answer, by reason")),
    REFUSED_NAMES(MeterDefinition.counter("tftpdc.tftp.names.refused", "Names that no client may ask for, by reason")),
    UNANSWERED(MeterDefinition.gauge(
            "tftpdc.tftp.unanswered.transfers", "Transfers running now whose client has not answered, now or lately")),
    TRANSFERS(MeterDefinition.counter("tftpdc.tftp.transfers", "Requests that are over, by outcome")),
    ACTIVE(MeterDefinition.gauge("tftpdc.tftp.active.transfers", "Transfers and lookups running now")),
    DURATION(MeterDefinition.timer("tftpdc.tftp.duration", "From request to last acknowledgement, completed reads")),
    BYTES(MeterDefinition.counter("tftpdc.tftp.sent", "bytes", "Bytes that clients acknowledged")),
    RECEIVED(MeterDefinition.counter(
            "tftpdc.tftp.received", "bytes", "Bytes of uploads that arrived, repeats not counted")),
    RETRANSMISSIONS(
            MeterDefinition.counter("tftpdc.tftp.retransmissions", "OACK, DATA and ACK packets sent more than once")),
    NOT_SENT(MeterDefinition.counter("tftpdc.tftp.not.sent", "Packets that the kernel or a full queue did not take"));

    /** The one label of {@link #TRANSFERS}: a {@code TransferReport.Outcome} in lower case. */
    public static final String OUTCOME = "outcome";

    /** The one label of {@link #DROPPED} and {@link #REFUSED_NAMES}. */
    public static final String REASON = "reason";

    private final MeterDefinition definition;

    TftpMeters(MeterDefinition definition) {
        this.definition = definition;
    }

    @Override
    public MeterDefinition definition() {
        return definition;
    }
}
