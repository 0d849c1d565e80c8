package io.tftpdc.edge.net;

import io.micrometer.core.instrument.Meter;

/** Every meter of the TFTP server. None is ever labelled with a file name or a client: those belong in events. */
public enum TftpMeters {
    READ_REQUESTS("tftpdc.tftp.read.requests", Meter.Type.COUNTER, "", "Read requests that arrived, repeats included"),
    WRITE_REQUESTS(
            "tftpdc.tftp.write.requests", Meter.Type.COUNTER, "", "Write requests that arrived, repeats included"),
    MALFORMED("tftpdc.tftp.malformed", Meter.Type.COUNTER, "", "Datagrams that were no TFTP packet, or out of place"),
    STRANGERS(
            "tftpdc.tftp.strangers",
            Meter.Type.COUNTER,
            "",
            "Packets at a transfer port from an endpoint that has no transfer there"),
    DROPPED(
            "tftpdc.tftp.requests.dropped",
            Meter.Type.COUNTER,
            "",
            "Requests and error messages beyond a limit, which got no answer, by reason"),
    REFUSED_NAMES("tftpdc.tftp.names.refused", Meter.Type.COUNTER, "", "Names that no client may ask for, by reason"),
    UNANSWERED(
            "tftpdc.tftp.unanswered.transfers",
            Meter.Type.GAUGE,
            "",
            "Transfers running now whose client has not answered, now or lately"),
    TRANSFERS("tftpdc.tftp.transfers", Meter.Type.COUNTER, "", "Requests that are over, by outcome"),
    ACTIVE("tftpdc.tftp.active.transfers", Meter.Type.GAUGE, "", "Transfers and lookups running now"),
    DURATION(
            "tftpdc.tftp.duration",
            Meter.Type.TIMER,
            "seconds",
            "From request to last acknowledgement, completed reads"),
    BYTES("tftpdc.tftp.sent", Meter.Type.COUNTER, "bytes", "Bytes that clients acknowledged"),
    RECEIVED("tftpdc.tftp.received", Meter.Type.COUNTER, "bytes", "Bytes of uploads that arrived, repeats not counted"),
    RETRANSMISSIONS(
            "tftpdc.tftp.retransmissions", Meter.Type.COUNTER, "", "OACK, DATA and ACK packets sent more than once"),
    NOT_SENT("tftpdc.tftp.not.sent", Meter.Type.COUNTER, "", "Packets that the kernel or a full queue did not take");

    /** The one label of {@link #TRANSFERS}: a {@code TransferReport.Outcome} in lower case. */
    public static final String OUTCOME = "outcome";

    /** The one label of {@link #DROPPED} and {@link #REFUSED_NAMES}. */
    public static final String REASON = "reason";

    private final String meterName;
    private final Meter.Type type;
    private final String unit;
    private final String description;

    TftpMeters(String meterName, Meter.Type type, String unit, String description) {
        this.meterName = meterName;
        this.type = type;
        this.unit = unit;
        this.description = description;
    }

    public String meterName() {
        return meterName;
    }

    public Meter.Type type() {
        return type;
    }

    /** The unit, empty for a plain count. */
    public String unit() {
        return unit;
    }

    public String description() {
        return description;
    }
}
