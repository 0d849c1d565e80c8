package io.tftpdc.mirror;

import io.tftpdc.runtime.ConfigException;
import io.tftpdc.runtime.ConfigFile;
import io.tftpdc.runtime.HealthCheck;
import io.tftpdc.runtime.HealthRegistry;
import io.tftpdc.runtime.Metrics;
import io.tftpdc.runtime.OpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One site's mirror as a process: {@code MirrorMakerProcess SITE-FILE}. Health and metrics are on the port that the
 * {@link SiteFile} says; the process runs until it is ended. Start it with {@code
 * -Dlogback.configurationFile=logback-mirrormaker.xml}: Kafka's clients log their settings otherwise.
 */
public final class MirrorMakerProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MirrorMakerProcess.class);

    private final MirrorRunner runner;
    private final Metrics metrics;
    private final OpsServer ops;

    private MirrorMakerProcess(MirrorRunner runner, Metrics metrics, OpsServer ops) {
        this.runner = runner;
        this.metrics = metrics;
        this.ops = ops;
    }

    /**
     * Starts mirroring and serving.
     *
     * @throws IOException when health and metrics cannot be served; the message says why
     */
    public static MirrorMakerProcess start(SiteFile file) throws IOException {
        Metrics metrics = Metrics.create(file.site(), file.node(), "mirrormaker");
        MirrorRunner[] started = new MirrorRunner[1];
        HealthCheck flows = () -> started[0] == null ? HealthCheck.Status.down("starting") : started[0].status();
        HealthRegistry health = new HealthRegistry().readiness("flows", flows);
        OpsServer ops;
        try {
            ops = OpsServer.start(
                    new InetSocketAddress(file.ops().host(), file.ops().port()), health, metrics);
        } catch (IOException e) {
            metrics.close();
            throw e;
        }
        started[0] = MirrorRunner.start(file);
        MirrorMeters.bind(metrics.registry(), file, started[0]);
        return new MirrorMakerProcess(started[0], metrics, ops);
    }

    /** Port of health and metrics. */
    public int port() {
        return ops.port();
    }

    /** Whether every flow runs, or what is wrong. */
    public HealthCheck.Status status() {
        return runner.status();
    }

    @Override
    public void close() {
        runner.close();
        ops.close();
        metrics.close();
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
