package io.tftpdc.admin;

import io.tftpdc.admin.audit.AuditLog;
import io.tftpdc.admin.config.ChangeSettingHandler;
import io.tftpdc.admin.config.ConfigResource;
import io.tftpdc.admin.config.SettingsDirectory;
import io.tftpdc.admin.files.ConflictsResource;
import io.tftpdc.admin.files.ContentAnswers;
import io.tftpdc.admin.files.FilesResource;
import io.tftpdc.admin.files.PublishFileHandler;
import io.tftpdc.admin.http.OnePortServerFactory;
import io.tftpdc.admin.http.ProblemAnswers;
import io.tftpdc.admin.http.RequestTimers;
import io.tftpdc.admin.nodes.ConvergenceResource;
import io.tftpdc.admin.nodes.ForgottenSites;
import io.tftpdc.admin.nodes.NodeDirectory;
import io.tftpdc.admin.nodes.NodesResource;
import io.tftpdc.admin.nodes.SitesResource;
import io.tftpdc.admin.ops.OpenApiDocument;
import io.tftpdc.admin.ops.OpenApiResource;
import io.tftpdc.admin.ops.OverviewResource;
import io.tftpdc.admin.placement.PlacementResource;
import io.tftpdc.admin.tenants.DefineTenantHandler;
import io.tftpdc.admin.tenants.TenantDirectory;
import io.tftpdc.admin.tenants.TenantsResource;
import io.tftpdc.client.ContentReader;
import io.tftpdc.client.FileCatalog;
import io.tftpdc.client.FilePublisher;
import io.tftpdc.client.NodeReporter;
import io.tftpdc.client.TopicFollower;
import io.tftpdc.client.TopicWriter;
import io.tftpdc.dns.DnsResponder;
import io.tftpdc.dns.DnsServer;
import io.tftpdc.event.ConfigEvent;
import io.tftpdc.event.HybridClock;
import io.tftpdc.event.NodeReported;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.ClockSkew;
import io.tftpdc.index.convergence.DigestBoard;
import io.tftpdc.objects.ObjectStores;
import io.tftpdc.placement.Placement;
import io.tftpdc.runtime.HealthRegistry;
import io.tftpdc.runtime.HostNames;
import io.tftpdc.runtime.Metrics;
import io.tftpdc.runtime.OpsResource;
import io.tftpdc.runtime.PortInUseException;
import io.tftpdc.topic.TopicCreator;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaIds;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running admin API inside this process. It leaves logging alone. */
public final class AdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

    private final Server server;
    private final HealthRegistry health;
    private final TopicWriter writer;
    private final Deque<AutoCloseable> parts;
    private final OptionalInt dnsPort;
    private final AtomicBoolean closed = new AtomicBoolean();

    private AdminServer(
            Server server, HealthRegistry health, TopicWriter writer, Deque<AutoCloseable> parts, OptionalInt dnsPort) {
        this.server = server;
        this.health = health;
        this.writer = writer;
        this.parts = parts;
        this.dnsPort = dnsPort;
    }

    /**
     * Returns when requests are answered; readiness follows when Kafka and the index answer too.
     *
     * @param ids of the schemas that events are written with
     * @throws PortInUseException if something else listens on the port
     * @throws IOException if the address cannot be bound for another reason
     */
    public static AdminServer start(AdminConfig config, SchemaIds ids) throws IOException {
        Deque<AutoCloseable> parts = new ArrayDeque<>();
        try {
            AdminServer admin = assemble(config, ids, parts);
            admin.listen(config);
            admin.reportFrom(config);
            return admin;
        } catch (IOException | RuntimeException e) {
            closeAll(parts);
            throw e;
        }
    }

    /** Everything there is and what it needs; {@code parts} are closed in the opposite order. */
    private static AdminServer assemble(AdminConfig config, SchemaIds ids, Deque<AutoCloseable> parts)
            throws IOException {
        SiteName site = new SiteName(config.site());
        Map<String, Object> kafka = config.kafka().clientSettings();
        HybridClock clock = new HybridClock(System::currentTimeMillis);
        Metrics metrics = closing(parts, Metrics.create(config.site(), config.node(), "admin"));

        TopicWriter writer = closing(parts, TopicWriter.connect(kafka, ids));
        Admin cluster = closing(parts, Admin.create(kafka));
        TopicCreator topics =
                new TopicCreator(cluster, config.kafka().replicas().shortValue());
        FileCatalog catalog = closing(parts, new FileCatalog(config.streamsUrl()));
        ObjectStores objects = closing(parts, ObjectStores.open(config.objectStores()));
        ContentReader reader = closing(parts, new ContentReader(kafka, catalog, objects::read));

        TenantDirectory tenants = new TenantDirectory();
        SettingsDirectory settings = new SettingsDirectory(System::currentTimeMillis);
        LongSupplier steady = steadyClock();
        NodeDirectory nodes = new NodeDirectory(steady, config.silentAfter());
        Placement placement = config.placement();
        ForgottenSites forgotten = new ForgottenSites();
        TopicFollower<?, ?> tenantFeed =
                closing(parts, new TopicFollower<>(kafka, Topics.CONFIG_EVENTS, ids, new TopicFollower.Sink<>() {
                    @Override
                    public void take(ConsumerRecord<byte[], byte[]> record, String scope, ConfigEvent event) {
                        tenants.apply(event);
                        forgotten.apply(event);
                        settings.apply(scope, event);
                    }

                    @Override
                    public boolean madeAnew(String name) {
                        tenants.clear();
                        forgotten.clear();
                        settings.clear();
                        return true;
                    }
                }));
        TopicFollower<?, ?> nodeFeed = closing(
                parts, new TopicFollower<>(kafka, Topics.NODE_EVENTS, ids, (node, report) -> nodes.apply(report)));

        DigestBoard board = new DigestBoard();
        TopicFollower<?, ?> digestFeed = closing(
                parts,
                new TopicFollower<>(
                        kafka, Topics.INDEX_DIGESTS, ids, (key, report) -> board.apply(report, steady.getAsLong())));
        AuditLog audit = new AuditLog(writer, site, clock, metrics.registry());
        DefineTenantHandler defineTenant = new DefineTenantHandler(topics, writer, tenants, site, clock);
        PublishFileHandler publishFile = new PublishFileHandler(
                catalog,
                reader,
                new FilePublisher(
                        writer,
                        site,
                        clock,
                        new ClockSkew(config.allowedClockSkew().toMillis())),
                objects,
                audit,
                config.maxFileSize().toBytes(),
                config.indexWait(),
                metrics.registry());
        Backbone backbone = closing(
                parts,
                new Backbone(
                        cluster,
                        topics,
                        ids,
                        catalog,
                        tenants,
                        defineTenant,
                        config.tenants().stream().map(Tenant::new).toList(),
                        tenantFeed,
                        List.of(tenantFeed, nodeFeed, digestFeed)));
        HealthRegistry health = new HealthRegistry()
                .readiness("kafka", backbone::kafka)
                .readiness("tenants", backbone::tenants)
                .readiness("index", backbone::index);

        TenantsResource tenantsResource = new TenantsResource(tenants, backbone::tenants, defineTenant, audit);
        ConfigResource configResource = new ConfigResource(
                settings, backbone::settings, new ChangeSettingHandler(writer, settings, site, clock), audit);
        Server server = new AdminApplication(List.of(
                        new FilesResource(tenantsResource, catalog, publishFile, new ContentAnswers(reader)),
                        tenantsResource,
                        configResource,
                        new NodesResource(nodes, forgotten, settings, tenantsResource, catalog),
                        new ConvergenceResource(site, board, nodes, forgotten, tenantsResource, catalog, steady),
                        new SitesResource(site, board, nodes, forgotten, writer, clock, audit, steady),
                        new ConflictsResource(tenantsResource, catalog, publishFile),
                        new PlacementResource(nodes, placement),
                        new OverviewResource(config.site()),
                        new OpenApiResource(new OpenApiDocument(Set.of(
                                FilesResource.class,
                                TenantsResource.class,
                                ConfigResource.class,
                                NodesResource.class,
                                ConvergenceResource.class,
                                SitesResource.class,
                                ConflictsResource.class,
                                PlacementResource.class))),
                        new OpsResource(health, metrics),
                        new ProblemAnswers(),
                        new RequestTimers(metrics.registry())))
                .server(new OnePortServerFactory(config.host(), config.port(), config.idleTimeout()));
        OptionalInt dnsPort = OptionalInt.empty();
        if (config.dns().isOn()) {
            DnsResponder responder =
                    new DnsResponder(config.dns(), placement, nodes::known, System.currentTimeMillis() / 1_000);
            dnsPort = OptionalInt.of(closing(parts, DnsServer.start(config.dns(), responder, metrics.registry()))
                    .port());
        }
        backbone.start();
        return new AdminServer(server, health, writer, parts, dnsPort);
    }

    /** The wall clock as it was at the start and what has passed since; nobody can put it back or forward. */
    private static LongSupplier steadyClock() {
        long wall = System.currentTimeMillis();
        long start = System.nanoTime();
        return () -> wall + (System.nanoTime() - start) / 1_000_000;
    }

    private void listen(AdminConfig config) throws IOException {
        InetSocketAddress address = new InetSocketAddress(config.host(), config.port());
        try {
            server.start();
        } catch (Exception e) {
            stopServer();
            throw explain(e, address);
        }
        LOG.atInfo()
                .addKeyValue("url", url())
                .addKeyValue("site", config.site())
                .log("Admin API started");
    }

    /** Not before there is a port to tell. */
    private void reportFrom(AdminConfig config) {
        SiteName site = new SiteName(config.site());
        String host = HostNames.isEverywhere(config.host()) ? hostName() : config.host();
        String address = (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
        long startedAtMillis = System.currentTimeMillis();
        closing(
                        parts,
                        new NodeReporter(
                                writer,
                                stopping -> new NodeReported(
                                        site,
                                        config.node(),
                                        NodeReporter.version(AdminServer.class),
                                        stopping ? "STOPPED" : health.ready().up() ? "READY" : "STARTING",
                                        startedAtMillis,
                                        System.currentTimeMillis(),
                                        0,
                                        0,
                                        0,
                                        0,
                                        Map.of(),
                                        List.of(),
                                        "admin",
                                        Map.of("http", address),
                                        site,
                                        0)))
                .start();
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    private static IOException explain(Exception e, InetSocketAddress address) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException
                    && String.valueOf(cause.getMessage()).contains("in use")) {
                return new PortInUseException("admin API", address, e);
            }
        }
        return new IOException(
                "The admin API cannot listen on " + address.getHostString() + " port " + address.getPort() + ": "
                        + e.getMessage(),
                e);
    }

    /** Where clients on this machine reach it. */
    public String url() {
        return "http://localhost:" + port();
    }

    public int port() {
        return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    }

    /** Where DNS is answered, over UDP and TCP, if it is. */
    public OptionalInt dnsPort() {
        return dnsPort;
    }

    /** What {@code /health/ready} says; a process that contains more may add its own checks. */
    public HealthRegistry health() {
        return health;
    }

    /** Blocks until the server has stopped. */
    public void join() throws InterruptedException {
        server.join();
    }

    /** Lets running requests end for a few seconds, then closes everything. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            stopServer();
            closeAll(parts);
        }
    }

    private void stopServer() {
        try {
            server.stop();
        } catch (TimeoutException e) {
            LOG.atInfo().log("Requests that were still running when the admin API stopped were cut off");
        } catch (Exception e) {
            LOG.atWarn().setCause(e).log("Stopping the admin API's HTTP server failed");
        }
    }

    private static <T extends AutoCloseable> T closing(Deque<AutoCloseable> parts, T part) {
        parts.push(part);
        return part;
    }

    private static void closeAll(Deque<AutoCloseable> parts) {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                LOG.atWarn().setCause(e).log("Closing a part of the admin API failed");
            }
        }
    }
}
