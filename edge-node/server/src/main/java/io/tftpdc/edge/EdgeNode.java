package io.tftpdc.edge;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tftpdc.edge.config.EdgeConfig;
import io.tftpdc.edge.config.EdgePolicy;
import io.tftpdc.edge.config.KafkaConfig;
import io.tftpdc.edge.content.ContentFetcher;
import io.tftpdc.edge.content.ContentStore;
import io.tftpdc.edge.content.EagerPlanner;
import io.tftpdc.edge.content.FileSource;
import io.tftpdc.edge.content.FreshFiles;
import io.tftpdc.edge.content.IndexedFileSource;
import io.tftpdc.edge.control.ConfigFeed;
import io.tftpdc.edge.control.PolicyKeeper;
import io.tftpdc.edge.http.EdgeHttpServer;
import io.tftpdc.edge.http.HttpMeters;
import io.tftpdc.edge.index.ClusterWatch;
import io.tftpdc.edge.index.FileIndexView;
import io.tftpdc.edge.index.IndexMeters;
import io.tftpdc.edge.index.KafkaCluster;
import io.tftpdc.edge.index.RocksMemory;
import io.tftpdc.edge.journal.EventSender;
import io.tftpdc.edge.journal.NodeIdentity;
import io.tftpdc.edge.journal.NodeReporter;
import io.tftpdc.edge.journal.TransferJournal;
import io.tftpdc.edge.net.TftpListener;
import io.tftpdc.edge.net.TftpMeters;
import io.tftpdc.edge.upload.UploadService;
import io.tftpdc.event.HybridClock;
import io.tftpdc.event.SiteName;
import io.tftpdc.objects.ObjectStores;
import io.tftpdc.runtime.ConfigException;
import io.tftpdc.runtime.ConfigFile;
import io.tftpdc.runtime.HealthCheck;
import io.tftpdc.runtime.HealthRegistry;
import io.tftpdc.runtime.LocalAddresses;
import io.tftpdc.runtime.Metrics;
import io.tftpdc.runtime.directory.DataDirectory;
import io.tftpdc.runtime.directory.UnusableDirectoryException;
import io.tftpdc.wire.RememberedSchemaIds;
import io.tftpdc.wire.SchemaIds;
import io.tftpdc.wire.SchemaRegistryClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An edge node: a copy of the site's index, the content that is wanted here, and TFTP and HTTP on top of them.
 *
 * <pre>
 *  tftp.file-index, tftp.content-locations ─► FileIndexView ─► EagerPlanner ─► ContentFetcher ◄─ tftp.content, objects
 *                                                  │                               │
 *                                                  ▼                               ▼
 *  client ─► TftpListener, EdgeHttpServer ─► IndexedFileSource ────────────► ContentStore
 *                      │
 *                      ├─► UploadService ─► tftp.content, tftp.file-events
 *                      └─► TransferJournal ─► tftp.transfer-events
 *
 *  tftp.config-events ─► ConfigFeed ─► PolicyKeeper ─► TftpListener, UploadService, EagerPlanner
 * </pre>
 *
 * <p>Starts without Kafka when it was there before, and serves what it has. As a program it takes the name of its YAML
 * file; other programs embed it with {@link #start}.
 */
public final class EdgeNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EdgeNode.class);

    private static final String FORMAT = "tftpdc-edge/1";
    private static final Duration DIRECTORY_PATIENCE = Duration.ofSeconds(3);
    /** Everything that needs the registry tries again by itself, so one call need not. */
    private static final Duration REGISTRY_PATIENCE = Duration.ofSeconds(3);

    private final EdgeConfig config;
    private final HealthRegistry health = new HealthRegistry();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private List<InetSocketAddress> tftpAddresses = List.of();
    private InetSocketAddress httpAddress = new InetSocketAddress(0);
    private Optional<EdgeStatus> status = Optional.empty();

    private EdgeNode(EdgeConfig config) {
        this.config = config;
    }

    /**
     * Returns when the listeners are bound; {@link #health} tells when the index has been read.
     *
     * @param registry the schema registry; closed by the caller
     * @throws IOException if an address cannot be listened on or the data directory cannot be used; the message names
     *     the fix
     */
    public static EdgeNode start(EdgeConfig config, SchemaIds registry) throws IOException {
        EdgeNode node = new EdgeNode(config);
        try {
            node.open(registry);
            return node;
        } catch (IOException | RuntimeException | Error e) {
            node.close();
            throw e;
        }
    }

    /** Opened in the order of dependence, closed in the opposite one. */
    private void open(SchemaIds registry) throws IOException {
        Path directory = keep(claim(config.dataDirectory())).path();
        Metrics metrics = keep(Metrics.create(config.site(), config.node(), "edge"));
        MeterRegistry meters = metrics.registry();
        Map<String, Object> kafka = config.kafka().clientSettings();
        SchemaIds ids = RememberedSchemaIds.in(directory.resolve("schemas"), registry);
        RocksMemory memory = keep(new RocksMemory(config.storeMemory().toBytes()));

        EventSender sender = keep(new EventSender(kafka, ids));
        NodeIdentity identity = new NodeIdentity(new SiteName(config.site()), config.node());
        HybridClock clock = new HybridClock(System::currentTimeMillis);
        PolicyKeeper settings =
                PolicyKeeper.open(config, directory.resolve("settings.jsonl"), System::currentTimeMillis);
        settings.bindTo(meters);
        EdgePolicy policy = settings.policy();
        TransferJournal journal = keep(TransferJournal.open(
                directory.resolve("journal"),
                memory,
                new TransferJournal.Bounds(
                        config.journal().queue(), config.journal().maxEvents()),
                identity,
                clock,
                config.tenantMap()::tenantOf,
                sender));
        journal.bindTo(meters);
        journal.start();

        FileIndexView index =
                keep(FileIndexView.open(directory.resolve("index"), memory, kafka, ids, System::currentTimeMillis));
        index.bindTo(meters);
        ContentStore store = ContentStore.open(
                directory.resolve("content"), config.content().quota().toBytes());
        store.bindTo(meters);
        ObjectStores objects = keep(ObjectStores.open(config.objectStores()));
        ContentFetcher fetcher =
                new ContentFetcher(store, index::locate, kafka, config.content().fetchers(), objects);
        fetcher.bindTo(meters);
        EagerPlanner planner = keep(new EagerPlanner(index, store, fetcher, policy.placement()));
        planner.bindTo(meters);
        keep(fetcher);
        index.listen(planner);
        UploadService uploads = keep(UploadService.open(
                config.uploads().settings(directory.resolve("uploads"), policy.uploads()),
                index,
                kafka,
                ids,
                identity,
                clock));
        uploads.bindTo(meters);
        index.listen(uploads.indexListener());
        index.whenSwitched(cluster -> {
            fetcher.follow(cluster.settings());
            sender.follow(cluster.settings(), cluster.ids());
        });
        KafkaCluster own = KafkaCluster.own(kafka, ids);
        ConfigFeed feed = keep(new ConfigFeed(settings, sender, identity, own));
        index.whenSwitched(feed::follow);
        List<KafkaCluster> fallbacks = fallbacks(directory, ids);
        if (!fallbacks.isEmpty()) {
            index.mayFollowPeers();
            ClusterWatch watch = keep(new ClusterWatch(
                    own,
                    fallbacks,
                    config.kafka().failoverAfter(),
                    config.kafka().failbackAfter(),
                    index::follow));
            watch.start();
        }

        EdgeStatus status = new EdgeStatus(
                config,
                version(),
                settings,
                index,
                store,
                planner,
                fetcher.objectTroubles(),
                journal,
                uploads,
                () -> activeTransfers(meters),
                this::advertised);
        this.status = Optional.of(status);
        NodeReporter reporter = keep(new NodeReporter(sender, status::report, config.reportInterval()));
        reporter.bindTo(meters);
        checks(index, status, uploads);

        index.start();
        fetcher.start();
        planner.start();
        uploads.start();
        FileSource files = fresh(
                index,
                meters,
                settings,
                new IndexedFileSource(
                        index,
                        new SiteName(config.site()),
                        store,
                        fetcher,
                        config.tenantMap(),
                        config.content().fetchTimeout(),
                        config.content().readAhead()));
        TftpListener tftp = keep(TftpListener.bind(
                ListenerSettings.tftp(config, policy), files, uploads, journal.listener("tftp"), meters));
        tftpAddresses = tftp.addresses();
        EdgeHttpServer http = keep(EdgeHttpServer.bind(
                ListenerSettings.http(config), files, journal.listener("http"), health, metrics, status));
        httpAddress = http.address();
        settings.whenChanged(now -> {
            uploads.use(now.uploads());
            planner.use(now.placement());
            tftp.use(now.requests(), now.limits());
        });
        feed.start();
        reporter.start();
        LOG.atInfo()
                .addKeyValue("site", config.site())
                .addKeyValue("node", config.node())
                .addKeyValue("tftp", tftpAddresses)
                .addKeyValue("http", httpAddress)
                .log("Edge node serves");
    }

    /** Each with the ids of its own registry, kept apart on disk: the same number may mean another schema there. */
    private List<KafkaCluster> fallbacks(Path directory, SchemaIds own) throws IOException {
        List<KafkaCluster> clusters = new ArrayList<>();
        for (KafkaConfig.Fallback fallback : config.kafka().fallbacks()) {
            SchemaIds ids = own;
            if (fallback.registryUrl().isPresent()) {
                SchemaRegistryClient registry =
                        keep(registryAt(fallback.registryUrl().get()));
                ids = RememberedSchemaIds.in(directory.resolve("schemas-of-" + fallback.site()), registry);
            }
            clusters.add(fallback.cluster(ids));
        }
        return clusters;
    }

    private static SchemaRegistryClient registryAt(URI url) {
        return new SchemaRegistryClient(
                SchemaRegistryClient.Settings.of(url.toString()).withPatience(REGISTRY_PATIENCE));
    }

    private static FileSource fresh(
            FileIndexView index, MeterRegistry meters, PolicyKeeper settings, FileSource files) {
        Counter refusals = IndexMeters.STALE_REFUSALS.counter(meters);
        return new FreshFiles(
                files, index::stalenessMillis, () -> settings.policy().refusesAfter(), refusals);
    }

    private static DataDirectory claim(Path directory) throws IOException {
        try {
            return DataDirectory.claim(directory, FORMAT, DIRECTORY_PATIENCE);
        } catch (UnusableDirectoryException e) {
            throw new IOException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + directory, e);
        }
    }

    private void checks(FileIndexView index, EdgeStatus status, UploadService uploads) {
        health.liveness(
                "index-replica",
                () -> index.isAlive()
                        ? HealthCheck.Status.up("follows Kafka")
                        : HealthCheck.Status.down("its thread has ended, which is a bug; restart the node"));
        health.readiness("index", status::indexCheck);
        health.readiness("kafka", status::kafkaCheck);
        health.readiness("content", status::contentCheck);
        health.readiness("uploads", uploads::check);
        health.readiness(
                "listeners",
                () -> tftpAddresses.isEmpty()
                        ? HealthCheck.Status.down("not bound yet")
                        : HealthCheck.Status.up("TFTP on " + tftpAddresses + ", HTTP on " + httpAddress));
    }

    private Map<String, String> advertised() {
        List<InetAddress> reachable = LocalAddresses.reachable();
        return new AdvertisedAddresses(
                        config.advertisedHost(),
                        reachable.isEmpty() ? List.of(InetAddress.getLoopbackAddress()) : reachable)
                .of(tftpAddresses, httpAddress);
    }

    private static int activeTransfers(MeterRegistry meters) {
        return List.of(TftpMeters.ACTIVE.meterName(), HttpMeters.ACTIVE.meterName()).stream()
                .map(name -> Optional.ofNullable(meters.find(name).gauge()))
                .mapToInt(gauge -> (int) gauge.map(Gauge::value).orElse(0.0).doubleValue())
                .sum();
    }

    private static String version() {
        return Optional.ofNullable(EdgeNode.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    private <T extends AutoCloseable> T keep(T resource) {
        opened.push(resource);
        return resource;
    }

    /** Where TFTP is served, with the ports that were picked where the configuration says 0. */
    public List<InetSocketAddress> tftpAddresses() {
        return tftpAddresses;
    }

    /** Where HTTP is served. */
    public InetSocketAddress httpAddress() {
        return httpAddress;
    }

    /** Ready once the index was read whole, in this run or an earlier one. */
    public HealthRegistry health() {
        return health;
    }

    /** How the node is, as JSON: what {@code GET /status} answers. */
    public String status() {
        return status.map(EdgeStatus::node).orElse("{}");
    }

    /** Stops serving, then writes down what is left to tell. What Kafka was not told is told after the next start. */
    @Override
    public synchronized void close() {
        while (!opened.isEmpty()) {
            AutoCloseable resource = opened.pop();
            try {
                resource.close();
            } catch (Exception e) {
                LOG.atWarn()
                        .addKeyValue("resource", resource.getClass().getSimpleName())
                        .setCause(e)
                        .log("Closing failed");
            }
        }
    }

    /** {@code EdgeNode FILE.yaml}: runs until it is told to stop. Ends with 2 when it cannot start. */
    public static void main(String[] arguments) throws InterruptedException {
        if (arguments.length != 1 || arguments[0].startsWith("-")) {
            System.err.println("Usage: edge-node FILE.yaml");
            System.exit(2);
        }
        try {
            EdgeConfig config = ConfigFile.load(EdgeConfig.class, Path.of(arguments[0]));
            SchemaRegistryClient registry = registryAt(config.registryUrl());
            EdgeNode node = start(config, registry);
            CountDownLatch stopped = new CountDownLatch(1);
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> {
                                node.close();
                                registry.close();
                                stopped.countDown();
                            },
                            "shutdown"));
            stopped.await();
        } catch (ConfigException | IllegalArgumentException | IOException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }
}
