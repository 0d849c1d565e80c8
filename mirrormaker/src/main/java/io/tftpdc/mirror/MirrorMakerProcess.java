package io.tftpdc.mirror;

import io.tftpdc.event.NodeReported;
import io.tftpdc.mirror.site.SiteFile;
import io.tftpdc.runtime.ConfigException;
import io.tftpdc.runtime.ConfigFile;
import io.tftpdc.runtime.HealthCheck;
import io.tftpdc.runtime.HealthRegistry;
import io.tftpdc.runtime.Metrics;
import io.tftpdc.runtime.OpsServer;
import io.tftpdc.wire.SchemaRegistryClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One site's mirror as a process: {@code MirrorMakerProcess SITE-FILE}. Health and metrics are on the port that the
 * {@link SiteFile} says; the process runs until it is ended. Start it with {@code
 * -Dlogback.configurationFile=logback-mirrormaker.xml}: Kafka's clients log their settings otherwise.
 */
public final class MirrorMakerProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MirrorMakerProcess.class);

    /** A registry that is away makes a report late, and must not make all later ones late. */
    private static final Duration REGISTRY_PATIENCE = Duration.ofSeconds(3);

    private final SiteFile file;
    private final Metrics metrics;
    private final long startedAt = System.currentTimeMillis();
    private final List<MirrorLink> links = new CopyOnWriteArrayList<>();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private @Nullable OpsServer ops;

    private MirrorMakerProcess(SiteFile file, Metrics metrics) {
        this.file = file;
        this.metrics = metrics;
    }

    /**
     * Starts mirroring and serving.
     *
     * @throws IOException when health and metrics cannot be served; the message says why
     */
    public static MirrorMakerProcess start(SiteFile file) throws IOException {
        Metrics metrics = Metrics.create(file.site(), file.node(), "mirrormaker");
        MirrorMakerProcess process = new MirrorMakerProcess(file, metrics);
        try {
            process.open();
            return process;
        } catch (IOException | RuntimeException e) {
            process.close();
            throw e;
        }
    }

    private void open() throws IOException {
        HealthRegistry health = new HealthRegistry();
        file.peers().forEach(peer -> health.readiness("flow-" + peer.site(), () -> statusOf(peer)));
        ops = OpsServer.start(
                new InetSocketAddress(file.ops().host(), file.ops().port()), health, metrics);
        for (SiteFile.Peer peer : file.peers()) {
            MirrorLink link = MirrorLink.start(file, peer);
            links.add(link);
            MirrorMeters.bind(metrics.registry(), link);
        }
        file.registryUrl().ifPresent(this::report);
    }

    private HealthCheck.Status statusOf(SiteFile.Peer peer) {
        return links.stream()
                .filter(link -> link.peer().equals(peer))
                .findFirst()
                .map(MirrorLink::status)
                .orElse(HealthCheck.Status.down("starting"));
    }

    private void report(URI registryUrl) {
        SchemaRegistryClient registry = new SchemaRegistryClient(
                SchemaRegistryClient.Settings.of(registryUrl.toString()).withPatience(REGISTRY_PATIENCE));
        opened.push(registry);
        opened.push(MirrorReporter.start(file, registry, this::report));
    }

    private NodeReported report(boolean stopping) {
        boolean up = links.stream().allMatch(link -> link.status().up());
        long behind = links.stream()
                .map(link -> link.seen().worstLagMillis())
                .mapToLong(lag -> lag.orElse(-1))
                .reduce(0, (a, b) -> a < 0 || b < 0 ? -1 : Math.max(a, b));
        boolean began = links.stream().noneMatch(link -> link.seen().positions().isEmpty());
        return new NodeReported(
                file.siteName(),
                file.node(),
                Optional.ofNullable(MirrorMakerProcess.class.getPackage().getImplementationVersion())
                        .orElse("development"),
                stopping ? "STOPPED" : up ? "READY" : began ? "STALE" : "STARTING",
                startedAt,
                System.currentTimeMillis(),
                0,
                0,
                0,
                behind,
                Map.of(),
                links.stream().flatMap(link -> link.seen().positions().stream()).toList(),
                "mirror",
                Map.of(),
                file.siteName(),
                0);
    }

    /** Port of health and metrics. */
    public int port() {
        return Objects.requireNonNull(ops, "not started").port();
    }

    /** Whether every flow runs, or what is wrong. */
    public HealthCheck.Status status() {
        List<HealthCheck.Status> all = links.stream().map(MirrorLink::status).toList();
        String details = all.stream().map(HealthCheck.Status::detail).collect(Collectors.joining("; "));
        return new HealthCheck.Status(all.stream().allMatch(HealthCheck.Status::up), details);
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            closeQuietly(opened.pop());
        }
        // One after the other would take as long as all of them together.
        List<Thread> closing = links.stream()
                .map(link ->
                        Thread.ofPlatform().name("close-" + link.peer().site()).start(link::close))
                .toList();
        try {
            for (Thread thread : closing) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (ops != null) {
            ops.close();
        }
        metrics.close();
    }

    private static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            LOG.atDebug().setCause(e).log("Closing failed");
        }
    }

    public static void main(String[] arguments) {
        if (arguments.length != 1) {
            System.err.println("usage: MirrorMakerProcess SITE-FILE");
            System.exit(2);
        }
        try {
            SiteFile file = ConfigFile.load(SiteFile.class, Path.of(arguments[0]));
            MirrorMakerProcess process = start(file);
            Runtime.getRuntime().addShutdownHook(new Thread(process::close, "stop"));
            LOG.atInfo()
                    .addKeyValue("datacenter", file.site())
                    .addKeyValue(
                            "peers",
                            file.peers().stream().map(SiteFile.Peer::site).toList())
                    .addKeyValue("opsPort", process.port())
                    .log("Mirroring");
        } catch (ConfigException e) {
            e.problems().forEach(System.err::println);
            System.exit(2);
        } catch (IOException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }
}
