package io.tftpdc.admin.tenants;

import io.tftpdc.client.TopicWriter;
import io.tftpdc.event.ConfigEvent.TenantDefined;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.HybridClock;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.topic.TopicCreator;
import io.tftpdc.topic.Topics;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;

/**
 * Makes a tenant exist: first its publish topic, then the event that tells everybody. Repeating it is harmless. Any
 * thread; blocks.
 */
public final class DefineTenantHandler {
    private static final Duration READ_BACK = Duration.ofSeconds(5);

    private final TopicCreator topics;
    private final TopicWriter writer;
    private final TenantDirectory directory;
    private final SiteName site;
    private final HybridClock clock;

    public DefineTenantHandler(
            TopicCreator topics, TopicWriter writer, TenantDirectory directory, SiteName site, HybridClock clock) {
        this.topics = topics;
        this.writer = writer;
        this.directory = directory;
        this.site = site;
        this.clock = clock;
    }

    /** Returns when Kafka has the definition, and this process has read it back unless it is late. */
    public TenantDefined define(Tenant tenant, String description, String actor) throws IOException {
        topics.ensure(List.of(Topics.publish(tenant)));
        directory.find(tenant).ifPresent(known -> clock.observe(known.envelope().time()));
        TenantDefined definition = new TenantDefined(
                new EventEnvelope(new EventId(UUID.randomUUID()), site, clock.tick(), actor), tenant, description);
        try {
            writer.write(Topics.CONFIG_EVENTS, "tenant/" + tenant, definition).get();
            directory.await(definition, READ_BACK);
            return definition;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while defining tenant " + tenant);
        } catch (ExecutionException e) {
            throw new IOException("Kafka did not take the definition of tenant " + tenant, e.getCause());
        }
    }
}
