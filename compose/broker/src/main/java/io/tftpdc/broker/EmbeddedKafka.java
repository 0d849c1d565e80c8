package io.tftpdc.broker;

import io.tftpdc.runtime.FreePort;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import kafka.server.KafkaConfig;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.metadata.KRaftMetadataCache;
import org.apache.kafka.metadata.storage.Formatter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One KRaft node, broker and controller combined, on a data directory. It never creates topics by itself.
 *
 * <p>Starting on a directory that was used before brings back what it holds, also after the process was killed.
 * {@link #start()} and {@link #stop()} may alternate; the address stays the same. Not for use by several threads at
 * once. In the product it runs in a process of its own ({@code BrokerMain}); inside a test's JVM Kafka's habit of
 * halting the whole JVM on a fault is turned into an exception in the thread with the fault.
 *
 * <p>What is not public API of Kafka is used here, in {@link KafkaNode} and in {@link LeaderlessAwareCache} only.
 */
public final class EmbeddedKafka implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafka.class);
    private static final int NODE_ID = 1;
    /** A port found free may be gone when Kafka binds it; so often we look for another one. */
    private static final int PORT_ATTEMPTS = 5;

    private final BrokerConfig config;
    private int clientPort;
    /** Volatile for {@link #awaitStop()} only, which another thread may call. */
    private volatile @Nullable KafkaNode server;

    public EmbeddedKafka(BrokerConfig config) {
        this.config = config;
        this.clientPort = config.port();
    }

    /** Starts a broker on a free loopback port for a test; the caller closes it. */
    public static EmbeddedKafka startForTests(Path directory) {
        EmbeddedKafka kafka = new EmbeddedKafka(BrokerConfig.inProcess(directory));
        kafka.start();
        return kafka;
    }

    /** What clients connect to, {@code host:port}; known once the broker has started for the first time. */
    public String bootstrapServers() {
        if (clientPort == 0) {
            throw new IllegalStateException("The broker takes a free port when it starts; start it first");
        }
        return BrokerListeners.address(config.advertisedHost(), clientPort);
    }

    /**
     * Returns when the broker answers clients.
     *
     * @throws BrokerStartException when it cannot; nothing of it is left running then
     */
    public void start() {
        if (server != null) {
            throw new IllegalStateException("This broker is running already");
        }
        replaceExitProcedures();
        for (int attempt = 1; ; attempt++) {
            boolean portIsOurChoice = clientPort == 0;
            int port = portIsOurChoice ? FreePort.on(config.host()) : clientPort;
            int controllerPort = FreePort.on(BrokerConfig.LOOPBACK);
            try {
                server = startServer(settings(port, controllerPort));
                clientPort = port;
                return;
            } catch (BrokerStartException e) {
                boolean retry = e.isPortTaken() && (portIsOurChoice || FreePort.isFree(config.host(), port));
                if (!retry || attempt == PORT_ATTEMPTS) {
                    throw e;
                }
                LOG.atDebug().addKeyValue("attempt", attempt).log("A free port was taken meanwhile, looking again");
            }
        }
    }

    /** Stops in an orderly way, so that the next start has no log to recover. Does nothing when not running. */
    public void stop() {
        KafkaNode running = server;
        if (running != null) {
            server = null;
            running.shutdown();
            running.awaitShutdown();
        }
    }

    @Override
    public void close() {
        stop();
    }

    /** Blocks until the broker has stopped, by itself or not. Any thread may wait. */
    public void awaitStop() {
        KafkaNode running = server;
        if (running != null) {
            running.awaitShutdown();
        }
    }

    /** What the running broker knows of the cluster; for tests. */
    KRaftMetadataCache metadataCache() {
        KafkaNode running = server;
        if (running == null) {
            throw new IllegalStateException("The broker does not run");
        }
        return running.metadataCache();
    }

    private KafkaNode startServer(Map<String, String> settings) {
        KafkaNode starting = null;
        try {
            formatUnlessDone();
            starting = new KafkaNode(new KafkaConfig(settings, false));
            starting.startup();
            return starting;
        } catch (Exception | KafkaGaveUp e) {
            // A failed startup leaves the controller's threads behind unless it is shut down.
            if (starting != null) {
                shutDownQuietly(starting);
            }
            throw new BrokerStartException("Kafka did not start on " + config.dataDirectory() + ": " + rootOf(e), e);
        }
    }

    private static void shutDownQuietly(KafkaNode server) {
        try {
            server.shutdown();
            server.awaitShutdown();
        } catch (Exception | KafkaGaveUp e) {
            LOG.atDebug().setCause(e).log("Cleaning up after a failed start failed as well");
        }
    }

    private Map<String, String> settings(int port, int controllerPort) {
        Map<String, String> s = new LinkedHashMap<>();
        s.put("process.roles", "broker,controller");
        s.put("node.id", String.valueOf(NODE_ID));
        s.put("controller.quorum.voters", NODE_ID + "@" + BrokerConfig.LOOPBACK + ":" + controllerPort);
        s.putAll(new BrokerListeners(
                        config.host(),
                        port,
                        config.advertisedHost(),
                        config.internalPort(),
                        config.proxied(),
                        controllerPort)
                .settings());
        s.put("log.dirs", logDirectory().toString());
        // Apart from log.dirs, so that a second broker fails on the lock before its controller becomes active.
        s.put("metadata.log.dir", metadataDirectory().toString());
        s.put("auto.create.topics.enable", "false");
        s.put("num.partitions", "1");
        s.put("default.replication.factor", "1");
        s.put("min.insync.replicas", "1");
        s.put("offsets.topic.num.partitions", "1");
        s.put("offsets.topic.replication.factor", "1");
        s.put("transaction.state.log.num.partitions", "1");
        s.put("transaction.state.log.replication.factor", "1");
        s.put("transaction.state.log.min.isr", "1");
        s.put("share.coordinator.state.topic.num.partitions", "1");
        s.put("share.coordinator.state.topic.replication.factor", "1");
        s.put("share.coordinator.state.topic.min.isr", "1");
        // A broker that was killed waits until its former session has ended: 12.5 s by default, under 4 s so.
        s.put("broker.session.timeout.ms", "1500");
        s.put("broker.heartbeat.interval.ms", "300");
        s.put("group.initial.rebalance.delay.ms", "0");
        // One small node: less memory and fewer threads than a server of its own would want.
        s.put("log.cleaner.dedupe.buffer.size", String.valueOf(16 * 1024 * 1024));
        s.put("num.network.threads", "2");
        s.put("num.io.threads", "4");
        s.put("background.threads", "2");
        s.put("num.recovery.threads.per.data.dir", "2");
        s.put("metadata.max.idle.interval.ms", "5000");
        s.putAll(config.extraSettings());
        return s;
    }

    private Path logDirectory() {
        return config.dataDirectory().toAbsolutePath().resolve("log");
    }

    private Path metadataDirectory() {
        return config.dataDirectory().toAbsolutePath().resolve("metadata");
    }

    /** Gives the directories their cluster id; picks up where a formatting was cut short. */
    private void formatUnlessDone() throws Exception {
        Files.createDirectories(logDirectory());
        Files.createDirectories(metadataDirectory());
        Optional<String> inLog = clusterIdIn(logDirectory());
        Optional<String> inMetadata = clusterIdIn(metadataDirectory());
        if (inLog.isPresent() && inMetadata.isPresent()) {
            return;
        }
        Formatter formatter = new Formatter();
        formatter
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setNodeId(NODE_ID)
                .setClusterId(inLog.or(() -> inMetadata)
                        .orElseGet(() -> Uuid.randomUuid().toString()))
                .setControllerListenerName("CONTROLLER")
                .setMetadataLogDirectory(metadataDirectory().toString())
                .setIgnoreFormatted(true)
                .setHasDynamicQuorum(false)
                .addDirectory(logDirectory().toString());
        formatter.addDirectory(metadataDirectory().toString());
        formatter.run();
    }

    private static Optional<String> clusterIdIn(Path directory) throws IOException {
        Path file = directory.resolve("meta.properties");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
        }
        return Optional.ofNullable(properties.getProperty("cluster.id"));
    }

    /** These are static in Kafka: they hold for every broker of this JVM, whoever set them last. */
    private void replaceExitProcedures() {
        switch (config.fatalFaults()) {
            case END_THE_PROCESS -> {
                Exit.resetExitProcedure();
                Exit.resetHaltProcedure();
            }
            case FAIL_THE_THREAD -> {
                Exit.setExitProcedure(EmbeddedKafka::giveUp);
                Exit.setHaltProcedure(EmbeddedKafka::giveUp);
            }
        }
    }

    private static void giveUp(int status, @Nullable String message) {
        throw new KafkaGaveUp("Kafka wanted to end the process with status " + status
                + (message == null ? "" : " (" + message + ")"));
    }

    private static Throwable rootOf(Throwable e) {
        Throwable root = e;
        for (Throwable next = e; next != null; next = next.getCause()) {
            root = next;
        }
        return root;
    }

    /** The broker did not come up; the message says why. */
    public static final class BrokerStartException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BrokerStartException(String message, Throwable cause) {
            super(message, cause);
        }

        /** Whether another program listens on a port that the broker wanted. */
        public boolean isPortTaken() {
            for (Throwable next = getCause(); next != null; next = next.getCause()) {
                if (next instanceof BindException) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Ends the thread in which Kafka meant to end the process; an error, so that nothing on the way swallows it. */
    private static final class KafkaGaveUp extends Error {
        private static final long serialVersionUID = 1L;

        KafkaGaveUp(String message) {
            super(message);
        }
    }
}
