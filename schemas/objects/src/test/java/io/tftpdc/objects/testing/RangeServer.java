package io.tftpdc.objects.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tftpdc.event.Sha256;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A web server on loopback that answers ranges, and does worse when told to. */
public final class RangeServer implements AutoCloseable {
    private static final Pattern RANGE = Pattern.compile("bytes=([0-9]+)-([0-9]+)");

    /** What it does to a request before it would answer it; true when that was the answer. */
    public interface Trouble {
        boolean with(HttpExchange exchange) throws IOException;
    }

    /** What tells the versions of an object apart, and whether conditions are heeded. */
    public enum Versions {
        BY_STRONG_TAG(true, true, true),
        BY_WEAK_TAG_AND_DATE(false, true, true),
        /** As a server does that knows no conditions. */
        BY_WEAK_TAG_AND_DATE_UNHEEDED(false, true, false),
        BY_WEAK_TAG(false, false, true);

        private final boolean strong;
        private final boolean dated;
        private final boolean heeded;

        Versions(boolean strong, boolean dated, boolean heeded) {
            this.strong = strong;
            this.dated = dated;
            this.heeded = heeded;
        }
    }

    /** Every put is a second later than the one before, whatever the clock says. */
    private record Stored(byte[] bytes, String hash, Instant date) {}

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("range-server-", 0).factory());
    private final Map<String, Stored> objects = new ConcurrentHashMap<>();
    private final AtomicLong puts = new AtomicLong();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();
    private volatile Trouble trouble = exchange -> false;
    private volatile boolean away;
    private volatile Versions versions = Versions.BY_STRONG_TAG;

    private RangeServer(HttpServer server) {
        this.server = server;
    }

    public static RangeServer start() throws IOException {
        RangeServer started =
                new RangeServer(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
        started.server.createContext("/", started::answer);
        started.server.setExecutor(started.threads);
        started.server.start();
        return started;
    }

    /** @param path without a slash in front */
    public void put(String path, byte[] bytes) {
        objects.put(
                "/" + path,
                new Stored(bytes, Sha256.of(bytes).hex(), Instant.EPOCH.plusSeconds(puts.incrementAndGet())));
    }

    /** How it tells them from now on. */
    public void tellVersions(Versions how) {
        versions = how;
    }

    public void remove(String path) {
        objects.remove("/" + path);
    }

    public void makeTrouble(Trouble next) {
        trouble = next;
    }

    public void makeNoTrouble() {
        trouble = exchange -> false;
    }

    /**
     * Cuts every connection off without an answer until it comes back. It keeps its port meanwhile, which another process
     * might take.
     */
    public void goAway() {
        away = true;
    }

    public void comeBack() {
        away = false;
    }

    /** With a slash at its end. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    /** Path, query and range of each request so far, such as {@code /x?sig=1 bytes=0-9}. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** How many requests it has had to answer at the same time, at most. */
    public int mostAtOnce() {
        return mostAtOnce.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.add(
                exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("Range"));
        try (exchange) {
            if (away) {
                return;
            }
            mostAtOnce.accumulateAndGet(running.incrementAndGet(), Math::max);
            if (!isTroubled(exchange)) {
                answer(exchange, objects.get(exchange.getRequestURI().getPath()));
            }
        }
    }

    /** Counts as one of those at once until here: who has its answer may ask again before this thread goes on. */
    private boolean isTroubled(HttpExchange exchange) throws IOException {
        try {
            return trouble.with(exchange);
        } finally {
            running.decrementAndGet();
        }
    }

    private void answer(HttpExchange exchange, @Nullable Stored object) throws IOException {
        if (object == null) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        if (!conditionsHold(exchange, object)) {
            exchange.sendResponseHeaders(412, -1);
            return;
        }
        byte[] bytes = object.bytes();
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().add("Content-Length", String.valueOf(bytes.length));
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        Matcher range =
                RANGE.matcher(String.valueOf(exchange.getRequestHeaders().getFirst("Range")));
        if (!range.matches()) {
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            return;
        }
        int from = Integer.parseInt(range.group(1));
        int to = (int) Math.min(bytes.length - 1L, Long.parseLong(range.group(2)));
        if (from >= bytes.length) {
            exchange.getResponseHeaders().add("Content-Range", "bytes */" + bytes.length);
            exchange.sendResponseHeaders(416, -1);
            return;
        }
        exchange.getResponseHeaders().add("Content-Range", "bytes " + from + "-" + to + "/" + bytes.length);
        exchange.sendResponseHeaders(206, to - from + 1L);
        exchange.getResponseBody().write(bytes, from, to - from + 1);
    }

    /** Tells the version, and whether it is the one that was asked for. A weak tag matches nothing. */
    private boolean conditionsHold(HttpExchange exchange, Stored object) {
        Versions how = versions;
        String tag = (how.strong ? "" : "W/") + '"' + object.hash() + '"';
        exchange.getResponseHeaders().add("ETag", tag);
        if (how.dated) {
            exchange.getResponseHeaders().add("Last-Modified", HTTP_DATE.format(object.date()));
        }
        String match = exchange.getRequestHeaders().getFirst("If-Match");
        String since = exchange.getRequestHeaders().getFirst("If-Unmodified-Since");
        boolean matches = match == null || (how.strong && match.equals(tag));
        boolean unmodified = since == null || !object.date().isAfter(Instant.from(HTTP_DATE.parse(since)));
        return !how.heeded || (matches && unmodified);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
