package io.tftpdc.runtime;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP port of a process for those who operate it: {@code GET /health/live} and {@code /health/ready} (200 or 503
 * with a JSON body that names each check) and {@code GET /metrics} (Prometheus). {@link #handle} adds further paths.
 *
 * <p>Handlers run on at most {@value #THREADS} daemon threads; {@value #QUEUE} requests may wait, further connections
 * are closed. A request whose header does not arrive within {@value #REQUEST_SECONDS} s is dropped.
 */
public final class OpsServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OpsServer.class);
    private static final int THREADS = 8;
    private static final int QUEUE = 128;
    private static final int REQUEST_SECONDS = 30;

    static {
        // The JDK's server reads these once. Without the first every kept-alive answer waits for a delayed ACK (40 ms);
        // without the second a client that sends half a request holds a thread for ever.
        setUnlessSet("sun.net.httpserver.nodelay", "true");
        setUnlessSet("sun.net.httpserver.maxReqTime", Integer.toString(REQUEST_SECONDS));
    }

    private final HttpServer server;
    private final ThreadPoolExecutor executor;
    private final HealthRegistry health;
    private final Metrics metrics;

    private OpsServer(HttpServer server, ThreadPoolExecutor executor, HealthRegistry health, Metrics metrics) {
        this.server = server;
        this.executor = executor;
        this.health = health;
        this.metrics = metrics;
    }

    /**
     * Binds and serves.
     *
     * @param address where to listen; port 0 takes a free one
     * @throws PortInUseException if something else listens there
     * @throws IOException if the address cannot be bound for another reason; the message names it
     */
    public static OpsServer start(InetSocketAddress address, HealthRegistry health, Metrics metrics)
            throws IOException {
        HttpServer server = bind(address);
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                THREADS, THREADS, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUE), task -> {
                    Thread thread = new Thread(task, "ops-http-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        server.setExecutor(executor);
        OpsServer ops = new OpsServer(server, executor, health, metrics);
        ops.handle(
                "/", exchange -> respond(exchange, 404, "text/plain", "No such path; see /health/ready, /metrics\n"));
        ops.handle("/health/live", exchange -> ops.report(exchange, "/health/live", health.live()));
        ops.handle("/health/ready", exchange -> ops.report(exchange, "/health/ready", health.ready()));
        ops.handle("/metrics", ops::scrape);
        server.start();
        return ops;
    }

    private static HttpServer bind(InetSocketAddress address) throws IOException {
        if (address.isUnresolved()) {
            throw new IOException("Cannot listen on " + address.getHostString() + ": this host name does not resolve");
        }
        try {
            return HttpServer.create(address, 128);
        } catch (BindException e) {
            if (String.valueOf(e.getMessage()).contains("in use")) {
                throw new PortInUseException("metrics and health", address, e);
            }
            throw new IOException(
                    "Cannot listen on " + address.getHostString() + " port " + address.getPort() + ": "
                            + e.getMessage(),
                    e);
        }
    }

    /** The port that is listened on. */
    public int port() {
        return server.getAddress().getPort();
    }

    public HealthRegistry health() {
        return health;
    }

    public Metrics metrics() {
        return metrics;
    }

    /**
     * Adds a handler for every path below the prefix; the longest prefix wins. The handler runs on the server's threads
     * and may block. What it throws is logged and answered with 500 if nothing was sent yet.
     */
    public OpsServer handle(String pathPrefix, HttpHandler handler) {
        server.createContext(pathPrefix, exchange -> {
            try {
                handler.handle(exchange);
            } catch (IOException | RuntimeException e) {
                LOG.atWarn()
                        .addKeyValue("path", exchange.getRequestURI().getPath())
                        .setCause(e)
                        .log("Request failed");
                if (exchange.getResponseCode() == -1) {
                    respond(exchange, 500, "text/plain", "Internal error; see the log\n");
                }
            } finally {
                exchange.close();
            }
        });
        return this;
    }

    /** Sends a whole answer; a HEAD request gets its header only. For handlers added by {@link #handle}. */
    public static void respond(HttpExchange exchange, int status, String contentType, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", contentType);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length));
            exchange.sendResponseHeaders(status, -1);
        } else {
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private void report(HttpExchange exchange, String path, HealthRegistry.Report report) throws IOException {
        if (isRead(exchange, path)) {
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            respond(exchange, report.httpStatus(), "application/json", report.toJson() + "\n");
        }
    }

    private void scrape(HttpExchange exchange) throws IOException {
        if (isRead(exchange, "/metrics")) {
            String contentType =
                    Metrics.contentType(exchange.getRequestHeaders().getFirst("Accept"));
            respond(exchange, 200, contentType, metrics.scrape(contentType));
        }
    }

    private static boolean isRead(HttpExchange exchange, String path) throws IOException {
        if (!exchange.getRequestURI().getPath().equals(path)) {
            respond(exchange, 404, "text/plain", "No such path; did you mean " + path + "?\n");
            return false;
        }
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            respond(exchange, 405, "text/plain", "Use GET\n");
            return false;
        }
        return true;
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** Stops at once; running handlers are interrupted. Metrics and checks belong to the caller and stay open. */
    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
