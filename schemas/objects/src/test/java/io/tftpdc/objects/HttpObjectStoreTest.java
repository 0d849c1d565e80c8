package io.tftpdc.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.event.ObjectLocation;
import io.tftpdc.event.Tenant;
import io.tftpdc.objects.ObjectStoreException.Kind;
import io.tftpdc.objects.testing.ObjectStoreKit;
import io.tftpdc.objects.testing.RangeServer;
import io.tftpdc.runtime.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class HttpObjectStoreTest extends ObjectStoreKit {
    private static final String TOKEN = "Bearer let-me-in";
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private RangeServer server;

    @BeforeEach
    void start() throws IOException {
        server = RangeServer.start();
        server.makeTrouble(exchange -> {
            boolean refused = !TOKEN.equals(exchange.getRequestHeaders().getFirst("Authorization"));
            if (refused) {
                exchange.sendResponseHeaders(403, -1);
            }
            return refused;
        });
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Override
    protected void put(String key, byte[] bytes) {
        server.put(key, bytes);
    }

    @Override
    protected ObjectStoreConfig config() {
        return config(TIMEOUT, Optional.empty(), Map.of("Authorization", Secret.of(TOKEN)));
    }

    @Override
    protected ObjectStoreConfig withoutRights() {
        return config(TIMEOUT, Optional.empty(), Map.of());
    }

    @SuppressWarnings("NullAway") // the constructor puts defaults in place of nulls
    private ObjectStoreConfig config(Duration timeout, Optional<Secret> query, Map<String, Secret> headers) {
        return new ObjectStoreConfig(
                "tested",
                server.url(),
                null,
                null,
                null,
                timeout,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                query,
                headers);
    }

    private HttpObjectStore store() {
        return new HttpObjectStore(config());
    }

    private ObjectLocation at(String path) {
        return new ObjectLocation(server.url() + path);
    }

    @Test
    void aSharedAccessSignatureIsAppendedAndNotTold() throws IOException {
        server.makeNoTrouble();
        server.put("x", bytes(10));
        try (HttpObjectStore store =
                new HttpObjectStore(config(TIMEOUT, Optional.of(Secret.of("sv=1&sig=s3cret")), Map.of()))) {
            store.read(at("x"), 0, 10, Optional.empty());
            store.read(at("x?snapshot=1"), 0, 10, Optional.empty());

            assertThat(server.requests())
                    .containsExactly("/x?sv=1&sig=s3cret bytes=0-9", "/x?snapshot=1&sv=1&sig=s3cret bytes=0-9");
            assertThatThrownBy(() -> store.read(at("y"), 0, 10, Optional.empty()))
                    .hasMessageContaining(at("y").uri())
                    .hasMessageContaining("404")
                    .hasMessageNotContaining("s3cret");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "401, REFUSED",
        "403, REFUSED",
        "404, MISSING",
        "410, MISSING",
        "429, UNAVAILABLE",
        "500, UNAVAILABLE",
        "503, UNAVAILABLE",
        "400, UNSUPPORTED",
        "302, UNSUPPORTED"
    })
    void theStatusSaysWhatIsWrong(int status, Kind kind) {
        server.makeTrouble(exchange -> {
            exchange.getResponseHeaders().add("Location", "http://127.0.0.1:1/");
            exchange.sendResponseHeaders(status, -1);
            return true;
        });
        try (HttpObjectStore store = store()) {
            fails(kind, () -> store.read(at("x"), 0, 10, Optional.empty()));
            assertThatThrownBy(() -> store.read(at("x"), 0, 10, Optional.empty()))
                    .hasMessageContaining("status " + status);
        }
    }

    @Test
    void aServerWithoutRangesIsNotReadFromItsStart() {
        byte[] whole = bytes(5 << 20);
        server.makeTrouble(exchange -> {
            exchange.sendResponseHeaders(200, whole.length);
            exchange.getResponseBody().write(whole);
            return true;
        });
        try (HttpObjectStore store = store()) {
            fails(Kind.UNSUPPORTED, () -> store.read(at("x"), 0, 10, Optional.empty()));
            fails(Kind.UNSUPPORTED, () -> store.describe(at("x")));
        }
    }

    @Test
    void aServerThatIsAwayIsUnavailable() throws IOException {
        try (Socket nobodyListens = new Socket();
                HttpObjectStore store = store()) {
            nobodyListens.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            ObjectLocation object = new ObjectLocation("http://127.0.0.1:" + nobodyListens.getLocalPort() + "/x");

            fails(Kind.UNAVAILABLE, () -> store.read(object, 0, 10, Optional.empty()));
        }
    }

    @Test
    void aServerThatCutsConnectionsOffIsUnavailable() throws IOException {
        server.put("x", bytes(10));
        try (HttpObjectStore store = store()) {
            server.goAway();
            fails(Kind.UNAVAILABLE, () -> store.read(at("x"), 0, 10, Optional.empty()));

            server.comeBack();
            assertThat(store.read(at("x"), 0, 10, Optional.empty())).isEqualTo(bytes(10));
        }
    }

    @Test
    void anAnswerThatStopsHalfWayEndsWithTheTimeout() {
        CountDownLatch end = new CountDownLatch(1);
        server.makeTrouble(exchange -> {
            exchange.getResponseHeaders().add("Content-Range", "bytes 0-9/10");
            exchange.sendResponseHeaders(206, 10);
            exchange.getResponseBody().write(bytes(5));
            exchange.getResponseBody().flush();
            awaitQuietly(end);
            return true;
        });
        try (HttpObjectStore store = new HttpObjectStore(config(Duration.ofMillis(300), Optional.empty(), Map.of()))) {
            fails(Kind.UNAVAILABLE, () -> store.read(at("x"), 0, 10, Optional.empty()));
        } finally {
            end.countDown();
        }
    }

    @Test
    void moreBytesThanWereAskedForAreNotKept() throws IOException {
        server.makeTrouble(exchange -> {
            exchange.getResponseHeaders().add("Content-Range", "bytes 0-9/10");
            exchange.sendResponseHeaders(206, 0); // chunked
            exchange.getResponseBody().write(bytes(1 << 20));
            return true;
        });
        try (HttpObjectStore store = store()) {
            assertThat(store.read(at("x"), 0, 10, Optional.empty())).hasSize(10);
        }
    }

    @Test
    void aStreamGoesOnWhenTheStoreFailsForAWhile() throws IOException {
        byte[] bytes = bytes(6 << 20);
        server.put("x", bytes);
        AtomicInteger asked = new AtomicInteger();
        server.makeTrouble(exchange -> {
            boolean fails = asked.incrementAndGet() % 3 == 2;
            if (fails) {
                exchange.sendResponseHeaders(503, -1);
            }
            return fails;
        });
        try (ObjectStores stores = ObjectStores.open(List.of(config()));
                InputStream read = stores.open(Tenant.DEFAULT, at("x")).bytes()) {
            assertThat(read.readAllBytes()).isEqualTo(bytes);
        }
    }

    @Test
    void aStreamEndsWhenTheObjectChangesUnderIt() throws IOException {
        server.put("x", bytes(5 << 20));
        try (ObjectStores stores = ObjectStores.open(List.of(config()));
                InputStream read = stores.open(Tenant.DEFAULT, at("x")).bytes()) {
            read.readNBytes(10);
            server.put("x", bytes((5 << 20) + 1));

            fails(Kind.CHANGED, read::readAllBytes);
        }
    }

    /** A weak ETag matches nothing in If-Match (RFC 9110 section 13.1.1), so the date is what binds. */
    @ParameterizedTest
    @EnumSource(
            value = RangeServer.Versions.class,
            names = {"BY_WEAK_TAG_AND_DATE", "BY_WEAK_TAG_AND_DATE_UNHEEDED"})
    void withAWeakTagAStreamIsBoundToTheDate(RangeServer.Versions how) throws IOException {
        byte[] bytes = bytes(5 << 20);
        server.tellVersions(how);
        server.put("x", bytes);
        try (ObjectStores stores = ObjectStores.open(List.of(config()))) {
            try (InputStream read = stores.open(Tenant.DEFAULT, at("x")).bytes()) {
                assertThat(read.readAllBytes()).isEqualTo(bytes);
            }
            try (InputStream read = stores.open(Tenant.DEFAULT, at("x")).bytes()) {
                read.readNBytes(10);
                server.put("x", bytes((5 << 20) + 1));

                fails(Kind.CHANGED, read::readAllBytes);
            }
        }
    }

    @Test
    void aFileWithAnOlderDateIsAnotherOneToo() throws IOException {
        server.tellVersions(RangeServer.Versions.BY_WEAK_TAG_AND_DATE);
        server.put("older", bytes(100));
        server.put("newer", bytes(100));
        try (HttpObjectStore store = store()) {
            Optional<String> newer = store.describe(at("newer")).tag();

            fails(Kind.CHANGED, () -> store.read(at("older"), 0, 10, newer));
        }
    }

    @Test
    void withNothingThatBindsAnObjectIsReadAllTheSame() throws IOException {
        byte[] bytes = bytes(5 << 20);
        server.tellVersions(RangeServer.Versions.BY_WEAK_TAG);
        server.put("x", bytes);
        try (ObjectStores stores = ObjectStores.open(List.of(config()))) {
            ObjectStores.Opened opened = stores.open(Tenant.DEFAULT, at("x"));

            assertThat(opened.info().tag()).isEmpty();
            assertThat(opened.bytes().readAllBytes()).isEqualTo(bytes);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
