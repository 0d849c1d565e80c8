package io.tftpdc.admin.http;

import io.dropwizard.core.server.SimpleServerFactory;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.request.logging.LogbackAccessRequestLogFactory;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import java.util.List;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.ThreadPool;

/**
 * One listener that serves the application at {@code /} and nothing else: Dropwizard's administration servlet, whose
 * tasks change the running process, is not there at all. Bodies pass as they are, never unpacked or packed on the way,
 * because their hash is checked.
 */
public final class OnePortServerFactory extends SimpleServerFactory {
    /** Bodies of many megabytes come and go in larger pieces than the usual 8 KiB. */
    private static final DataSize BUFFER = DataSize.kibibytes(64);

    private final HttpConnectorFactory connectorFactory = new HttpConnectorFactory();

    /** @param port 0 takes a free one */
    public OnePortServerFactory(String host, int port, java.time.Duration idleTimeout) {
        connectorFactory.setBindHost(host);
        connectorFactory.setPort(port);
        connectorFactory.setIdleTimeout(Duration.milliseconds(idleTimeout.toMillis()));
        connectorFactory.setInputBufferSize(BUFFER);
        connectorFactory.setOutputBufferSize(BUFFER);
        // Names of files may hold an encoded percent sign; what could climb out of a directory stays refused.
        connectorFactory.setUriCompliance(UriCompliance.DEFAULT.with(
                "FILE_NAMES",
                UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING,
                UriCompliance.Violation.SUSPICIOUS_PATH_CHARACTERS));
        setApplicationContextPath("/");
        setJerseyRootPath("/*");
        setRegisterDefaultExceptionMappers(false);
        getGzipFilterFactory().setEnabled(false);
        setMinThreads(2);
        setMaxThreads(256);
        setShutdownGracePeriod(Duration.seconds(5));
        LogbackAccessRequestLogFactory noRequestLog = new LogbackAccessRequestLogFactory();
        noRequestLog.setAppenders(List.of());
        setRequestLogFactory(noRequestLog);
    }

    @Override
    public Server build(Environment environment) {
        configure(environment);
        ThreadPool threads = createThreadPool(environment.metrics());
        Server server = buildServer(environment.lifecycle(), threads);
        server.setErrorHandler(new JettyProblems());
        Connector connector = connectorFactory.build(server, environment.metrics(), environment.getName(), null);
        if (connector instanceof AbstractConnector withIdleClients) {
            withIdleClients.setShutdownIdleTimeout(100); // ms; clients keep connections that they do not use
        }
        server.addConnector(connector);
        environment.getApplicationContext().setErrorHandler(new JettyProblems());
        environment.getApplicationContext().getServletHandler().setDecodeAmbiguousURIs(true);
        server.setHandler(new UnreadBodies(addGracefulHandler(createAppServlet(
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
