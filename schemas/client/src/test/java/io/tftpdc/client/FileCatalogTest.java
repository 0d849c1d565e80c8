package io.tftpdc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.EventId;
import io.tftpdc.event.EventStamp;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileRevision;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FileCatalogTest {
    private static final FileKey KEY = FileKey.of("default", "boot/a b+c.bin");

    private final List<String> questions = new ArrayList<>();
    private HttpServer server;
    private FileCatalog catalog;
    private int status = 200;
    private String answer = "{}";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            questions.add(
                    exchange.getRequestURI().getRawQuery() == null
                            ? new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)
                            : exchange.getRequestURI().getRawQuery());
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        catalog = new FileCatalog(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
    }

    @AfterEach
    void stop() {
        catalog.close();
        server.stop(0);
    }

    @Test
    void aFileIsAskedForByItsWholeKey() throws IOException {
        answer = IndexJson.write(removedAt(7)).toString();

        assertThat(catalog.entry(KEY)).isEqualTo(removedAt(7));
        assertThat(questions).containsExactly("key=default%2Fboot%2Fa+b%2Bc.bin");
    }

    @Test
    void aFileThatNeverWasIsAnEntryWithoutRevisions() throws IOException {
        status = 404;
        answer = "{\"message\":\"never heard of\",\"absent\":true}";

        assertThat(catalog.entry(KEY)).isEqualTo(FileIndexEntry.empty(KEY));
    }

    @Test
    void notFoundByAnotherServerSaysNothingOfTheFile() {
        status = 404;
        for (String other : List.of("No such path; see /health/ready, /metrics\n", "{\"message\":\"?\"}", "")) {
            answer = other;

            assertThatThrownBy(() -> catalog.entry(KEY)).isInstanceOf(CatalogUnavailableException.class);
        }
    }

    @Test
    void aFileNamedNullDoesNotEndAList() throws IOException {
        answer = "{\"entries\":[],\"next\":\"null\"}";

        assertThat(catalog.list(Tenant.DEFAULT, "", "", 1, false).next()).hasValue("null");
    }

    @Test
    void aListSaysWhereToGoOn() throws IOException {
        answer = "{\"entries\":[" + IndexJson.write(removedAt(7)) + "],\"next\":\"boot/z\"}";

        FileCatalog.Page page = catalog.list(Tenant.DEFAULT, "boot/", "", 1, true);

        assertThat(page.entries()).containsExactly(removedAt(7));
        assertThat(page.next()).hasValue("boot/z");
    }

    @Test
    void theLastPageSaysSo() throws IOException {
        answer = "{\"entries\":[],\"next\":null}";

        assertThat(catalog.list(Tenant.DEFAULT, "", "", 1, false).next()).isEmpty();
    }

    @Test
    void placesOfUnknownChunksAreMissing() throws IOException {
        Sha256 known = new Sha256(1, 2, 3, 4);
        ContentLocation place = new ContentLocation("tftp.content", 3, 99, 512);
        answer = "{\"locations\":{\"" + known.hex() + "\":" + IndexJson.write(place) + "}}";

        assertThat(catalog.locate(List.of(known, new Sha256(5, 6, 7, 8))))
                .hasSize(1)
                .containsEntry(known, place);
        assertThat(questions.get(0)).startsWith("{\"hashes\":[\"" + known.hex());
    }

    @Test
    void anIndexThatIsStartingSaysWhy() {
        status = 503;
        answer = "{\"message\":\"restoring partition 3\"}";

        assertThatThrownBy(() -> catalog.entry(KEY))
                .isInstanceOf(CatalogUnavailableException.class)
                .hasMessageContaining("503")
                .hasMessageContaining("restoring partition 3");
    }

    @Test
    void anIndexThatIsNotThereNamesTheFix() {
        server.stop(0);

        assertThatThrownBy(() -> catalog.entry(KEY))
                .isInstanceOf(CatalogUnavailableException.class)
                .hasMessageContaining("Check that the streams processors run");
    }

    @Test
    void waitingForAStampEndsWhenAGreaterOneIsThere() throws IOException {
        answer = IndexJson.write(removedAt(7)).toString();

        assertThat(catalog.awaitStamp(KEY, stamp(6), Duration.ZERO)).isTrue();
        assertThat(catalog.awaitStamp(KEY, stamp(7), Duration.ZERO)).isTrue();
        assertThat(catalog.awaitStamp(KEY, stamp(8), Duration.ZERO)).isFalse();
    }

    private static FileIndexEntry removedAt(long time) {
        return new FileIndexEntry(KEY, List.of(new FileRevision.Removed(stamp(time), "user:anna")));
    }

    private static EventStamp stamp(long time) {
        return new EventStamp(HybridTime.of(time, 0), new SiteName("dc1"), new EventId(new UUID(time, 1)));
    }
}
