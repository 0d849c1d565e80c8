package io.tftpdc.streams;

import io.tftpdc.client.FileCatalog;
import io.tftpdc.client.NodeReporter;
import io.tftpdc.client.TopicWriter;
import io.tftpdc.event.HybridClock;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.ClockSkew;
import io.tftpdc.intake.Arrivals;
import io.tftpdc.intake.IntakeSetup;
import io.tftpdc.intake.PublishIntakeTopology;
import io.tftpdc.projection.ContentLocationTopology;
import io.tftpdc.projection.ConvergenceSetup;
import io.tftpdc.projection.FileIndexTopology;
import io.tftpdc.projection.ProjectionSetup;
import io.tftpdc.projection.SiteTopics;
import io.tftpdc.query.FileIndexQuery;
import io.tftpdc.runtime.ConfigException;
import io.tftpdc.runtime.ConfigFile;
import io.tftpdc.runtime.HealthCheck;
import io.tftpdc.runtime.HealthRegistry;
import io.tftpdc.runtime.HealthSwitch;
import io.tftpdc.runtime.Metrics;
import io.tftpdc.runtime.OpsServer;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.TopicCreator;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaIds;
import io.tftpdc.wire.SchemaRegistryClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.state.HostInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams process of a site: three Kafka Streams applications and one port for health, metrics and queries.
 *
 * <ul>
 *   <li>{@link PublishIntakeTopology}: publish topics to content and file events, exactly once.
 *   <li>{@link FileIndexTopology}: file events to the file index.
 *   <li>{@link ContentLocationTopology}: content to content locations.
 * </ul>
 *
 * <p>Several processes with one configuration, but for node and state directory, share the work. As a program it takes
 * the name of its YAML file; other programs embed it with {@link #start}.
 */
public final class StreamsProcessors implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamsProcessors.class);
    private static final int ANSWER_SECONDS = 5;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final List<StreamsApp> apps = new ArrayList<>();
    private final ProcessorsConfig config;
    private final SchemaIds ids;
    private final HealthRegistry health = new HealthRegistry();
    private int port;

    private StreamsProcessors(ProcessorsConfig config, SchemaIds ids) {
        this.config = config;
        this.ids = ids;
    }

    /**
     * Returns once Kafka and the registry answered, the topics are there and the applications are starting;
     * {@link #health} tells when they run and have caught up.
     *
     * @param ids the schema registry; closed by the caller
     * @throws IOException if the port cannot be listened on
     * @throws KafkaException if Kafka or the registry does not answer within the start timeout, or a topic does not fit
     * @throws IllegalStateException if a topic exists that would lose data, saying how to mend it
     */
    public static StreamsProcessors start(ProcessorsConfig config, SchemaIds ids) throws IOException {
        StreamsProcessors processors = new StreamsProcessors(config, ids);
        try {
            processors.open();
            return processors;
        } catch (IOException | RuntimeException | Error e) {
            processors.close();
            throw e;
        }
    }

    private void open() throws IOException {
        Metrics metrics = keep(Metrics.create(config.site(), config.node(), "streams"));
        HealthSwitch kafkaAnswers = new HealthSwitch(HealthCheck.Status.down("waiting for Kafka and the registry"));
        health.readiness("kafka", kafkaAnswers);
        OpsServer ops = keep(OpsServer.start(new InetSocketAddress(config.host(), config.port()), health, metrics));
        port = ops.port();
        FileIndexQuery.serveStarting(ops);

        Admin admin = Admin.create(config.kafka().clientSettings());
        // Without a limit, closing waits for every call that Kafka does not answer.
        keep(() -> admin.close(Duration.ofSeconds(1)));
        awaitKafka(admin);
        new TopicCreator(admin, config.kafka().replicas().shortValue()).ensure(topics());
        PublishTopics publishTopics = publishTopics(admin);
        registerSchemas();

        HostInfo self = new HostInfo(config.advertisedHost(), port);
        RocksDbMemory memory = keep(new RocksDbMemory(config.storeMemory().toBytes()));
        StreamsSettings settings = new StreamsSettings(config, self, memory);
        SiteName site = new SiteName(config.site());
        HybridClock clock = new HybridClock(System::currentTimeMillis);
        ClockSkew skew = new ClockSkew(config.allowedClockSkew().toMillis());
        IntakeSetup intakeSetup =
                new IntakeSetup(site, clock, skew, config.intake().limits());
        ProjectionSetup projectionSetup = new ProjectionSetup(site, config.node(), clock, skew);

        URI address = FileIndexQuery.endpoint(self);
        TopicWriter writer = keep(TopicWriter.connect(config.kafka().clientSettings(), ids));
        FileCatalog catalog = keep(new FileCatalog(address));
        ContentRewriter content = keep(new ContentRewriter(config.kafka().clientSettings(), catalog, writer));
        SiteReports others = keep(new SiteReports(config.kafka().clientSettings(), ids));
        ConvergenceSetup convergence = new ConvergenceSetup(config.repair().settings(), content, others);
        keep(() -> StreamsApp.closeAll(apps));
        StreamsApp index = app(new StreamsApp(
                StreamsSettings.FILE_INDEX,
                SiteTopics.pattern(Topics.FILE_EVENTS),
                FileIndexTopology.build(projectionSetup, convergence, ids, metrics.registry()),
                settings.fileIndex(),
                metrics.registry()));
        StreamsApp locations = app(new StreamsApp(
                StreamsSettings.CONTENT_LOCATIONS,
                SiteTopics.pattern(Topics.CONTENT),
                ContentLocationTopology.build(projectionSetup, ids, metrics.registry()),
                settings.contentLocations(),
                metrics.registry()));
        FileIndexQuery query = keep(FileIndexQuery.over(site, index.streams(), locations.streams(), self, ids));
        Arrivals arrivals = new Arrivals(System::nanoTime);
        app(new StreamsApp(
                StreamsSettings.PUBLISH_INTAKE,
                publishTopics.pattern(),
                PublishIntakeTopology.build(
                        intakeSetup,
                        new IndexKnowledge(query::entry),
                        publishTopics.pattern(),
                        ids,
                        arrivals,
                        metrics.registry()),
                settings.publishIntake(),
                new BriefPolls(arrivals::lately, PublishIntakeTopology.LOOK),
                metrics.registry()));

        query.serveOn(ops);
        others.start();
        apps.forEach(StreamsApp::start);
        // Not earlier: nobody shall be told that this is ready before the applications can be asked.
        kafkaAnswers.set(HealthCheck.Status.up("answered at start"));
        keep(new StreamsMonitor(admin, config.kafka().clientSettings(), apps, kafkaAnswers))
                .start();
        keep(new NodeReporter(
                        writer, new StreamsReporter(config, address.getAuthority(), admin, index, metrics.registry())))
                .start();
        LOG.atInfo()
                .addKeyValue("site", config.site())
                .addKeyValue("node", config.node())
                .addKeyValue("port", port)
                .log("Streams processors are starting");
    }

    private StreamsApp app(StreamsApp app) {
        health.liveness(app.name() + "-lives", app::liveness);
        health.readiness(app.name(), app::readiness);
        apps.add(app);
        return app;
    }

    private <T extends AutoCloseable> T keep(T resource) {
        opened.push(resource);
        return resource;
    }

    private List<Topic<?, ?>> topics() {
        List<Topic<?, ?>> topics = new ArrayList<>(Topics.all());
        config.tenants().forEach(tenant -> topics.add(Topics.publish(new Tenant(tenant))));
        return topics;
    }

    private PublishTopics publishTopics(Admin admin) {
        PublishTopics found = PublishTopics.find(admin);
        found.misfits().forEach(misfit -> LOG.atWarn().log(misfit));
        // Up all the same: the other tenants are served.
        HealthCheck.Status status =
                HealthCheck.Status.up(found.misfits().isEmpty() ? "all are read" : String.join("; ", found.misfits()));
        health.readiness("publish-topics", () -> status);
        return found;
    }

    private void awaitKafka(Admin admin) {
        long deadline = System.nanoTime() + config.kafka().startTimeout().toNanos();
        while (true) {
            try {
                long left = Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
                admin.describeCluster().nodes().get(Math.min(left, ANSWER_SECONDS * 1000L), TimeUnit.MILLISECONDS);
                return;
            } catch (ExecutionException | TimeoutException e) {
                if (System.nanoTime() - deadline > 0) {
                    throw new KafkaException(
                            "Kafka at " + config.kafka().bootstrapServers() + " did not answer for "
                                    + config.kafka().startTimeout().toSeconds()
                                    + " s; start it, or correct kafka.bootstrap-servers",
                            e);
                }
                LOG.atWarn()
                        .addKeyValue("bootstrapServers", config.kafka().bootstrapServers())
                        .log("Kafka does not answer yet, trying again");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new KafkaException("interrupted while waiting for Kafka", e);
            }
        }
    }

    /** So that a registry that is away, or refuses, is found at start and not by the first record. */
    private void registerSchemas() {
        for (Topic<?, ?> topic : List.of(
                Topics.FILE_EVENTS,
                Topics.FILE_INDEX,
                Topics.INDEX_DIGESTS,
                Topics.CONTENT_LOCATIONS,
                Topics.NODE_EVENTS,
                Topics.CONFIG_EVENTS,
                Topics.ALERTS,
                Topics.REJECTED)) {
            topic.values().schema().ifPresent(schema -> ids.idOf(topic.name() + "-value", schema));
        }
    }

    /** Where health, metrics and queries are answered. */
    public int port() {
        return port;
    }

    /** Ready once all three applications run and have read what was there when they started. */
    public HealthRegistry health() {
        return health;
    }

    /** Stops in an orderly way: what was processed is committed, and the next start resumes from local state. */
    @Override
    public synchronized void close() {
        while (!opened.isEmpty()) {
            AutoCloseable resource = opened.pop();
            try {
                resource.close();
            } catch (Exception e) {
                LOG.atWarn().addKeyValue("resource", resource).setCause(e).log("Closing failed");
            }
        }
    }

    /** {@code StreamsProcessors <file.yaml>}: runs until it is told to stop. Ends with 2 when it cannot start. */
    public static void main(String[] arguments) throws InterruptedException {
        if (arguments.length != 1) {
            System.err.println("Usage: streams-processors FILE.yaml");
            System.exit(2);
        }
        ProcessorsConfig config;
        try {
            config = ConfigFile.load(ProcessorsConfig.class, Path.of(arguments[0]));
        } catch (ConfigException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        try (SchemaRegistryClient registry = new SchemaRegistryClient(
                        SchemaRegistryClient.Settings.of(config.registryUrl().toString())
                                .withPatience(config.kafka().startTimeout()));
                StreamsProcessors processors = start(config, registry)) {
            CountDownLatch stopped = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(processors::close, "shutdown"));
            stopped.await();
        } catch (IOException | KafkaException | IllegalStateException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    /** For messages: which process this is. */
    @Override
    public String toString() {
        return Map.of("site", config.site(), "node", config.node(), "port", port)
                .toString();
    }
}
