package io.tftpdc.launcher;

import io.tftpdc.admin.AdminConfig;
import io.tftpdc.admin.AdminServer;
import io.tftpdc.edge.EdgeNode;
import io.tftpdc.edge.config.EdgeConfig;
import io.tftpdc.registry.EmbeddedRegistry;
import io.tftpdc.streams.ProcessorsConfig;
import io.tftpdc.streams.StreamsProcessors;
import io.tftpdc.wire.SchemaRegistryClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** The parts of the system, wired for one machine. */
final class StandaloneParts {

    private static final String READY = "/health/ready";

    private final StandaloneOptions options;
    private final StandaloneDirectory directory;
    private final Distribution distribution;
    private final LaunchLog out;
    /** 0 for none. */
    private final int internalKafkaPort;

    StandaloneParts(
            StandaloneOptions options, StandaloneDirectory directory, Distribution distribution, LaunchLog out) {
        this.options = options;
        this.directory = directory;
        this.distribution = distribution;
        this.out = out;
        this.internalKafkaPort = options.needsInternalListener() ? Addresses.freePort() : 0;
    }

    /** In the order in which they start; each may use those before it. */
    List<Component> inOrder() throws LaunchException {
        Service<Schemas> schemas = schemas();
        List<Component> parts = new ArrayList<>(List.of(
                broker(),
                schemas,
                new TopicsComponent(bootstrapServers()),
                streams(schemas),
                edge(schemas),
                admin(schemas)));
        if (!options.peers().isEmpty()) {
            parts.add(mirror()); // before the check: what the index waits for may come from a peer
        }
        BooleanSupplier justSeeded = () -> false;
        if (options.seeds()) {
            SeedFile seed = new SeedFile(bootstrapServers(), directory.root());
            justSeeded = seed::publishedNow;
            parts.add(seed);
        }
        parts.add(servingCheck(justSeeded));
        return parts;
    }

    private MirrorProcess mirror() throws LaunchException {
        return new MirrorProcess(new MirrorProcess.Settings(
                Path.of(System.getProperty("java.home")),
                distribution.mirrorLibraries(),
                distribution.mirrorClassPath(),
                directory.root().resolve("mirror.yaml"),
                options.site(),
                bootstrapServers(),
                options.peers(),
                options.localControlHost(),
                options.ports().mirror(),
                distribution.archive("mirror")));
    }

    private BrokerProcess broker() throws LaunchException {
        return new BrokerProcess(new BrokerProcess.Settings(
                Path.of(System.getProperty("java.home")),
                distribution.brokerLibraries(),
                distribution.brokerClassPath(),
                directory.kafka(),
                options.controlHost(),
                options.ports().kafka(),
                options.advertisedHost(),
                internalKafkaPort,
                options.peers(),
                directory.logs().resolve("broker.log"),
                distribution.archive("broker")));
    }

    private Service<Schemas> schemas() {
        return new Service<>(
                "registry",
                () -> Schemas.start(
                        bootstrapServers(),
                        options.controlHost(),
                        options.ports().registry(),
                        registryUrl()),
                schemas -> "schemas on " + registryUrl());
    }

    private Service<StreamsProcessors> streams(Service<Schemas> schemas) {
        int port = options.ports().streams();
        ProcessorsConfig config = ProcessorsConfig.of(
                        options.site().value(), bootstrapServers(), port, registryUrl(), directory.streams())
                .withHost(options.controlHost(), options.localControlHost());
        return new Service<>(
                "streams",
                () -> StreamsProcessors.start(config, schemas.running().client()),
                streams -> "index on " + control(port));
    }

    private Service<EdgeNode> edge(Service<Schemas> schemas) {
        int http = options.ports().edgeHttp();
        EdgeConfig config = EdgeConfig.of(options.site().value(), bootstrapServers(), registryUrl(), directory.edge())
                .listeningOn(
                        Optional.of(options.listenHost()).filter(host -> !host.isEmpty()),
                        options.ports().tftp(),
                        http)
                .allowingUploads(options.uploads());
        return new Service<>(
                "edge",
                () -> EdgeNode.start(config, schemas.running().client()),
                edge -> "TFTP on port " + options.ports().tftp() + ", HTTP on " + http);
    }

    private Service<AdminServer> admin(Service<Schemas> schemas) {
        int port = options.ports().http();
        AdminConfig config = AdminConfig.of(
                        options.site().value(),
                        bootstrapServers(),
                        port,
                        registryUrl(),
                        control(options.ports().streams()))
                .withHost(options.controlHost());
        return new Service<>(
                "admin",
                () -> AdminServer.start(config, schemas.running().client()),
                admin -> "REST on " + control(port));
    }

    private ServingCheck servingCheck(BooleanSupplier justSeeded) {
        String edgeHost = Addresses.localTo(options.listenHost());
        Map<String, URI> health = new LinkedHashMap<>();
        health.put("streams", control(options.ports().streams()).resolve(READY));
        health.put("edge", http(edgeHost, options.ports().edgeHttp()).resolve(READY));
        health.put("admin", control(options.ports().http()).resolve(READY));
        return new ServingCheck(new InetSocketAddress(edgeHost, options.ports().tftp()), health, justSeeded, out);
    }

    private String bootstrapServers() {
        return internalKafkaPort == 0
                ? Addresses.hostPort(options.controlHost(), options.ports().kafka())
                : Addresses.hostPort(Addresses.LOOPBACK, internalKafkaPort);
    }

    private URI registryUrl() {
        return control(options.ports().registry());
    }

    private URI control(int port) {
        return http(options.localControlHost(), port);
    }

    private static URI http(String host, int port) {
        return URI.create("http://" + Addresses.hostPort(host, port));
    }

    /** The registry, and the client of it that all parts of this process share. */
    private record Schemas(EmbeddedRegistry registry, SchemaRegistryClient client) implements AutoCloseable {

        static Schemas start(String bootstrapServers, String host, int port, URI url) throws IOException {
            EmbeddedRegistry registry = EmbeddedRegistry.start(bootstrapServers, host, port);
            return new Schemas(registry, SchemaRegistryClient.connect(url.toString()));
        }

        @Override
        public void close() {
            client.close();
            registry.close();
        }
    }
}
