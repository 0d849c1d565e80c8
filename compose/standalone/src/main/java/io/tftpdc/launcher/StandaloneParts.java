package io.tftpdc.launcher;

import io.tftpdc.admin.AdminConfig;
import io.tftpdc.admin.AdminServer;
import io.tftpdc.registry.EmbeddedRegistry;
import io.tftpdc.wire.SchemaRegistryClient;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The parts of the system, wired for one machine. */
final class StandaloneParts {

    private final StandaloneOptions options;
    private final StandaloneDirectory directory;
    private final Distribution distribution;

    StandaloneParts(StandaloneOptions options, StandaloneDirectory directory, Distribution distribution) {
        this.options = options;
        this.directory = directory;
        this.distribution = distribution;
    }

    /** In the order in which they start; each may use those before it. */
    List<Component> inOrder() throws LaunchException {
        Service<EmbeddedRegistry> registry = registry();
        Service<SchemaRegistryClient> schemas =
                new Service<>("schemas", () -> SchemaRegistryClient.connect(registryUrl()), client -> "kept in memory");
        SeedFile seed = new SeedFile(bootstrapServers(), directory.root());
        List<Component> parts = new ArrayList<>();
        parts.add(broker());
        parts.add(registry);
        parts.add(new TopicsComponent(bootstrapServers()));
        parts.add(schemas);
        parts.add(admin(schemas));
        parts.add(seed);
        return parts;
    }

    private BrokerProcess broker() throws LaunchException {
        return new BrokerProcess(new BrokerProcess.Settings(
                Path.of(System.getProperty("java.home")),
                distribution.brokerLibraries(),
                distribution.brokerClassPath(),
                directory.kafka(),
                options.controlHost(),
                options.ports().kafka(),
                directory.logs().resolve("broker.log"),
                distribution.archive("broker")));
    }

    private Service<EmbeddedRegistry> registry() {
        return new Service<>(
                "registry",
                () -> EmbeddedRegistry.start(
                        bootstrapServers(),
                        options.controlHost(),
                        options.ports().registry()),
                registry -> "schemas on " + registryUrl());
    }

    private Service<AdminServer> admin(Service<SchemaRegistryClient> schemas) {
        AdminConfig config = AdminConfig.of(
                        options.site().value(),
                        bootstrapServers(),
                        options.ports().http(),
                        URI.create(registryUrl()),
                        control(options.ports().streams()))
                .withHost(options.controlHost());
        return new Service<>(
                "admin",
                () -> AdminServer.start(config, schemas.running()),
                admin -> "REST on " + control(options.ports().http()));
    }

    private String bootstrapServers() {
        return options.controlHost() + ":" + options.ports().kafka();
    }

    private String registryUrl() {
        return control(options.ports().registry()).toString();
    }

    private URI control(int port) {
        return URI.create("http://" + options.controlHost() + ":" + port);
    }
}
