package io.tftpdc.admin.audit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tftpdc.client.TopicWriter;
import io.tftpdc.event.AuditEvent;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.HybridClock;
import io.tftpdc.event.SiteName;
import io.tftpdc.topic.Topics;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down who did, or tried to do, what. What succeeded is written before its answer goes out; the rest without
 * waiting. An entry that cannot be written never turns a done deed into an error: it is logged and counted. Any thread.
 */
public final class AuditLog {
    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
    private static final long PATIENCE_SECONDS = 5;

    private final TopicWriter writer;
    private final SiteName site;
    private final HybridClock clock;
    private final Counter lost;

    public AuditLog(TopicWriter writer, SiteName site, HybridClock clock, MeterRegistry meters) {
        this.writer = writer;
        this.site = site;
        this.clock = clock;
        this.lost = Counter.builder("tftpdc.admin.audit.lost")
                .description("Audit entries that Kafka did not take")
                .register(meters);
    }

    /**
     * Something somebody asked for.
     *
     * @param tenant concerned
     * @param action a noun and verb such as {@code file.publish}
     * @param resource what it was done to
     * @param remoteAddress numeric address of who asked
     */
    public record Deed(String tenant, String action, String resource, String remoteAddress) {

        /** How the events that come of it name who caused them. */
        public String actor() {
            return "rest:" + remoteAddress;
        }
    }

    public void done(Deed deed, String detail) {
        Future<?> written = write(deed, "OK", detail);
        try {
            written.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException | CancellationException e) {
            // Counted and logged when the write itself ends.
            LOG.atDebug().addKeyValue("action", deed.action()).setCause(e).log("The audit entry is late");
        }
    }

    public void refused(Deed deed, String reason) {
        write(deed, "REFUSED", reason);
    }

    public void failed(Deed deed, String reason) {
        write(deed, "FAILED", reason);
    }

    private Future<?> write(Deed deed, String outcome, String detail) {
        EventEnvelope envelope = new EventEnvelope(new EventId(UUID.randomUUID()), site, clock.tick(), deed.actor());
        AuditEvent event = new AuditEvent(
                envelope, deed.tenant(), deed.action(), deed.resource(), outcome, deed.remoteAddress(), detail);
        return writer.write(Topics.AUDIT_EVENTS, deed.tenant(), event).whenComplete((written, failure) -> {
            if (failure != null) {
                lost.increment();
                LOG.atError()
                        .addKeyValue("action", deed.action())
                        .addKeyValue("resource", deed.resource())
                        .addKeyValue("outcome", outcome)
                        .addKeyValue("peer", deed.remoteAddress())
                        .setCause(failure)
                        .log("An audit entry was not written");
            }
        });
    }
}
