package io.tftpdc.registry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tftpdc.runtime.HealthCheck;
import io.tftpdc.runtime.HealthRegistry;
import io.tftpdc.runtime.Metrics;
import io.tftpdc.runtime.PortInUseException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running registry inside this process. It leaves logging alone. */
public final class EmbeddedRegistry implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedRegistry.class);

    private final SchemasTopic topic;
    private final Server server;
    private final HealthRegistry health;
    private final Metrics metrics;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedRegistry(SchemasTopic topic, Server server, HealthRegistry health, Metrics metrics) {
        this.topic = topic;
        this.server = server;
        this.health = health;
        this.metrics = metrics;
    }

    /** Starts on loopback; port 0 takes a free one. */
    public static EmbeddedRegistry start(String bootstrapServers, int port) throws IOException {
        return start(bootstrapServers, "127.0.0.1", port);
    }

    /** Starts on the address; port 0 takes a free one, host {@code 0.0.0.0} is every address. */
    public static EmbeddedRegistry start(String bootstrapServers, String host, int port) throws IOException {
        return start(RegistryConfig.of(bootstrapServers, host, port));
    }

    /**
     * Returns when everything in the topic is known and requests are answered.
     *
     * @throws PortInUseException if something else listens on the port
     * @throws IOException if the address cannot be bound for another reason
     * @throws IllegalStateException if Kafka does not answer in time or the topic cannot be used; says what to do
     */
    public static EmbeddedRegistry start(RegistryConfig config) throws IOException {
        Metrics metrics = Metrics.create(config.site(), config.node(), "registry");
        SchemasTopic topic;
        try {
            topic = SchemasTopic.open(config.kafka());
        } catch (RuntimeException e) {
            metrics.close();
            throw e;
        }
        HealthRegistry health =
                new HealthRegistry().liveness("follower", topic::follower).readiness("schemas-topic", topic::status);
        gauges(metrics.registry(), topic);
        Server server = new RegistryApplication(
                        topic,
                        new RegistryRules(config.compatibility()),
                        health,
                        metrics,
                        topic.clusterId(),
                        config.kafka().topic())
                .server(config.host(), config.port());
        EmbeddedRegistry registry = new EmbeddedRegistry(topic, server, health, metrics);
        try {
            server.start();
        } catch (Exception e) {
            registry.close();
            throw explain(e, new InetSocketAddress(config.host(), config.port()));
        }
        LOG.atInfo()
                .addKeyValue("url", registry.url())
                .addKeyValue("schemas", topic.store().schemaCount())
                .log("Schema registry started");
        return registry;
    }

    private static void gauges(MeterRegistry meters, SchemasTopic topic) {
        Gauge.builder("tftpdc.registry.schemas", topic, t -> t.store().schemaCount())
                .description("Schemas known, each content counted once")
                .register(meters);
        Gauge.builder("tftpdc.registry.subjects", topic, t -> t.store()
                        .subjects("", false)
                        .size())
                .description("Subjects that are not deleted")
                .register(meters);
        Gauge.builder("tftpdc.registry.unknown.records", topic, t -> t.store().unknownRecords())
                .description("Records of the topic that were not understood and ignored")
                .register(meters);
    }

    private static IOException explain(Exception e, InetSocketAddress address) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException
                    && String.valueOf(cause.getMessage()).contains("in use")) {
                return new PortInUseException("schema registry", address, e);
            }
        }
        return new IOException(
                "The schema registry cannot listen on " + address.getHostString() + " port " + address.getPort() + ": "
                        + e.getMessage(),
                e);
    }

    /** Where clients on this machine reach it, {@code http://localhost:8081}: their {@code schema.registry.url}. */
    public String url() {
        return "http://localhost:" + port();
    }

    public int port() {
        return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    }

    public HealthRegistry health() {
        return health;
    }

    /** Whether it can follow its topic; for the readiness of a process that contains it. */
    public HealthCheck.Status status() {
        return topic.status();
    }

    /** Blocks until the server has stopped. */
    public void join() throws InterruptedException {
        server.join();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            server.stop();
        } catch (TimeoutException e) {
            LOG.atInfo().log("Requests that were still running when the registry stopped were cut off");
        } catch (Exception e) {
            LOG.atWarn().setCause(e).log("Stopping the registry's HTTP server failed");
        }
        topic.close();
        metrics.close();
    }
}
