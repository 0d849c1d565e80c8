package io.tftpdc.admin;

import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.logging.common.ExternalLoggingFactory;
import io.tftpdc.admin.http.OnePortServerFactory;
import java.util.List;
import org.eclipse.jetty.server.Server;
import org.glassfish.jersey.server.ServerProperties;

/** The admin API as a Dropwizard application: which resources there are. {@link AdminServer} makes and starts them. */
final class AdminApplication extends Application<Configuration> {
    private final List<Object> components;

    /** @param components resources, filters and mappers */
    AdminApplication(List<Object> components) {
        this.components = List.copyOf(components);
    }

    @Override
    public String getName() {
        return "admin";
    }

    /** Logging belongs to the process, not to us. */
    @Override
    protected void bootstrapLogging() {}

    @Override
    public void run(Configuration configuration, Environment environment) {
        components.forEach(environment.jersey()::register);
        environment.jersey().property(ServerProperties.WADL_FEATURE_DISABLE, true);
        // Answers that fail midway must break off, not be followed by an error page.
        environment.jersey().property(ServerProperties.RESPONSE_SET_STATUS_OVER_SEND_ERROR, true);
    }

    /** Builds the HTTP server without starting it, and without Dropwizard's command line, which takes over logging. */
    Server server(OnePortServerFactory factory) {
        Configuration configuration = new Configuration();
        configuration.setLoggingFactory(new ExternalLoggingFactory());
        configuration.setServerFactory(factory);
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
        return factory.build(environment);
    }
}
