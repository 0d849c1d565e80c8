package io.tftpdc.launcher;

import io.tftpdc.registry.EmbeddedRegistry;
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
        List<Component> parts = new ArrayList<>();
        parts.add(broker());
        parts.add(registry());
        parts.add(new TopicsComponent(bootstrapServers()));
        parts.add(new SeedFile(bootstrapServers(), directory.root()));
        return parts;
    }

    private String bootstrapServers() {
        return options.controlHost() + ":" + options.ports().kafka();
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

    private String registryUrl() {
        return "http://" + options.controlHost() + ":" + options.ports().registry();
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
}
