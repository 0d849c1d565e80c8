package io.tftpdc.registry;

import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.logging.common.ExternalLoggingFactory;
import io.tftpdc.runtime.ConfigException;
import io.tftpdc.runtime.ConfigFile;
import io.tftpdc.runtime.HealthRegistry;
import io.tftpdc.runtime.Metrics;
import io.tftpdc.runtime.OpsResource;
import java.nio.file.Path;
import org.eclipse.jetty.server.Server;

/** The registry as a Dropwizard application; {@link EmbeddedRegistry} starts it, in a process of its own or not. */
public final class RegistryApplication extends Application<Configuration> {

    private final SchemasTopic topic;
    private final RegistryRules rules;
    private final HealthRegistry health;
    private final Metrics metrics;
    private final String kafkaCluster;
    private final String topicName;

    RegistryApplication(
            SchemasTopic topic,
            RegistryRules rules,
            HealthRegistry health,
            Metrics metrics,
            String kafkaCluster,
            String topicName) {
        this.topic = topic;
        this.rules = rules;
        this.health = health;
        this.metrics = metrics;
        this.kafkaCluster = kafkaCluster;
        this.topicName = topicName;
    }

    @Override
    public String getName() {
        return "registry";
    }

    /** Logging belongs to the process, not to us. */
    @Override
    protected void bootstrapLogging() {}

    @Override
    public void run(Configuration configuration, Environment environment) {
        environment.jersey().register(new SubjectsResource(topic, rules));
        environment.jersey().register(new SchemasResource(topic));
        environment.jersey().register(new CompatibilityResource(topic, rules));
        environment.jersey().register(new ConfigResource(topic, rules));
        environment.jersey().register(new ModeResource(topic, rules));
        environment.jersey().register(new MetadataResource(kafkaCluster, topicName));
        environment.jersey().register(new OpsResource(health, metrics));
        environment.jersey().register(new ErrorAnswers());
        environment.jersey().register(new RequestTimes(metrics.registry()));
    }

    /** Builds the HTTP server without starting it, and without Dropwizard's command line, which takes over logging. */
    Server server(String host, int port) {
        Configuration configuration = new Configuration();
        configuration.setLoggingFactory(new ExternalLoggingFactory());
        OnePortServerFactory serverFactory = new OnePortServerFactory(host, port);
        configuration.setServerFactory(serverFactory);
        Bootstrap<Configuration> bootstrap = new Bootstrap<>(this);
        Environment environment = new Environment(
                getName(),
                bootstrap.getObjectMapper(),
                bootstrap.getValidatorFactory(),
                bootstrap.getMetricRegistry(),
                bootstrap.getClassLoader(),
                bootstrap.getHealthCheckRegistry(),
                configuration);
        run(configuration, environment);
        return serverFactory.build(environment);
    }

    /** Runs a registry until the process is told to end. */
    public static void main(String[] args) throws Exception {
        if (args.length != 1 || args[0].startsWith("-")) {
            System.err.println("Usage: registry FILE.yaml");
            System.exit(2);
        }
        try {
            EmbeddedRegistry registry = EmbeddedRegistry.start(ConfigFile.load(RegistryConfig.class, Path.of(args[0])));
            Runtime.getRuntime().addShutdownHook(new Thread(registry::close, "registry-shutdown"));
            System.out.println("Schema registry at " + registry.url());
            registry.join();
        } catch (ConfigException | IllegalStateException | java.io.IOException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }
}
