package io.tftpdc.registry;

import io.dropwizard.core.server.SimpleServerFactory;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.request.logging.LogbackAccessRequestLogFactory;
import io.dropwizard.util.Duration;
import java.util.List;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.ThreadPool;

/**
 * One listener that serves the application at {@code /} and nothing else: Dropwizard's administration servlet, whose
 * tasks change the running process, is not there at all. Logging stays with whoever starts us.
 */
final class OnePortServerFactory extends SimpleServerFactory {

    private final HttpConnectorFactory connectorFactory = new HttpConnectorFactory();

    OnePortServerFactory(String host, int port) {
        connectorFactory.setBindHost(host);
        connectorFactory.setPort(port);
        setApplicationContextPath("/");
        setJerseyRootPath("/*");
        setRegisterDefaultExceptionMappers(false);
        setMinThreads(2);
        setMaxThreads(64);
        setShutdownGracePeriod(Duration.seconds(2));
        LogbackAccessRequestLogFactory noRequestLog = new LogbackAccessRequestLogFactory();
        noRequestLog.setAppenders(List.of());
        setRequestLogFactory(noRequestLog);
    }

    @Override
    public Server build(Environment environment) {
        configure(environment);
        ThreadPool threads = createThreadPool(environment.metrics());
        Server server = buildServer(environment.lifecycle(), threads);
        Connector connector = connectorFactory.build(server, environment.metrics(), environment.getName(), null);
        if (connector instanceof AbstractConnector withIdleClients) {
            withIdleClients.setShutdownIdleTimeout(100); // ms; clients keep connections that they do not use
        }
        server.addConnector(connector);
        server.setHandler(addGracefulHandler(buildGzipHandler(createAppServlet(
                server,
                environment.jersey(),
                environment.getObjectMapper(),
                environment.getValidator(),
                environment.getApplicationContext(),
                environment.getJerseyServletContainer(),
                environment.metrics()))));
        return server;
    }
}
