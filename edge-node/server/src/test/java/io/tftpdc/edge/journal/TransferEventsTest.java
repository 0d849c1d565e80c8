package io.tftpdc.edge.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.event.TransferEvent;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TransferEventsTest {
    private static final NodeIdentity NODE = new NodeIdentity(new SiteName("a"), "edge-1");
    private static final EventEnvelope ENVELOPE =
            new EventEnvelope(new EventId(new UUID(0, 1)), NODE.site(), HybridTime.of(1000, 0), NODE.actor());

    @Test
    void everythingThatWasReportedIsInTheEvent() {
        Sha256 hash = Sha256.of(new byte[] {1});

        TransferEvent event = event(Reports.completed("lab", "boot/x", hash.hex()));

        assertThat(event.envelope()).isEqualTo(ENVELOPE);
        assertThat(event.node()).isEqualTo("edge-1");
        assertThat(event.protocol()).isEqualTo("tftp");
        assertThat(event.clientAddress()).isEqualTo("192.0.2.7");
        assertThat(event.clientPort()).isEqualTo(2070);
        assertThat(event.tenant()).isEqualTo(new Tenant("lab"));
        assertThat(event.contentHash()).contains(hash);
        assertThat(event.options()).containsEntry("blksize", "1428");
        assertThat(event.bytes()).isEqualTo(4096);
        assertThat(event.durationMicros()).isEqualTo(1500);
        assertThat(event.retransmissions()).isEqualTo(2);
        assertThat(event.outcome()).isEqualTo("COMPLETED");
        assertThat(event.operation()).isEqualTo("read");
        assertThat(TransferEvents.keyOf(event)).hasToString("lab/boot/x");
    }

    @Test
    void anUploadSaysThatItIsOne() {
        TransferEvent event = event(Reports.completed(
                TransferReport.Operation.WRITE,
                "lab",
                "backup/x",
                Sha256.of(new byte[] {1}).hex()));

        assertThat(event.operation()).isEqualTo("write");
    }

    @Test
    void requestThatWasRefusedBeforeItsTenantWasKnownIsItsAddresssTenants() {
        TransferEvent event = event(Reports.refused("", "../etc/passwd"));

        assertThat(event.tenant()).isEqualTo(new Tenant("of-the-address"));
        assertThat(event.path()).isEqualTo("../etc/passwd");
        assertThat(event.contentHash()).isEmpty();
        assertThat(TransferEvents.keyOf(event)).hasToString("of-the-address/not-a-file-name");
    }

    private static TransferEvent event(io.tftpdc.edge.content.TransferReport report) {
        return TransferEvents.event("tftp", report, ENVELOPE, NODE, address -> new Tenant("of-the-address"));
    }
}
