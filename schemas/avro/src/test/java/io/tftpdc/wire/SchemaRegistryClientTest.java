package io.tftpdc.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a server that answers what the test has laid out for it, one answer a request. */
class SchemaRegistryClientTest {

    private static final Schema STRING = Schema.create(Schema.Type.STRING);

    private record Scripted(int status, String body) {}

    private final Deque<Scripted> answers = new ArrayDeque<>();
    private final List<String> requests = new ArrayList<>();
    private HttpServer server;
    private SchemaRegistryClient client;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        client = new SchemaRegistryClient(settings());
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop(0);
    }

    @Test
    void registersOnceAndThenKnowsBothDirections() {
        answer(200, "{\"id\":7}");

        assertThat(client.idOf("t-value", STRING)).isEqualTo(7);
        assertThat(client.idOf("t-value", STRING)).isEqualTo(7);
        assertThat(client.schemaOf(7)).isEqualTo(STRING);

        assertThat(requests).containsExactly("POST /subjects/t-value/versions {\"schema\":\"\\\"string\\\"\"}");
    }

    @Test
    void withoutAutomaticRegistrationItOnlyLooksUp() {
        client = new SchemaRegistryClient(settings().withAutoRegister(false));
        answer(404, "{\"error_code\":40403,\"message\":\"Schema not found\"}");

        assertThatThrownBy(() -> client.idOf("t-value", STRING))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("error 40403, Schema not found")
                .hasMessageContaining("Register the schema first");
        assertThat(requests).containsExactly("POST /subjects/t-value {\"schema\":\"\\\"string\\\"\"}");
    }

    @Test
    void registryThatStumblesIsAskedAgain() {
        answer(503, "");
        answer(500, "{\"error_code\":50001,\"message\":\"store\"}");
        answer(429, "");
        answer(200, "{\"schema\":\"\\\"string\\\"\"}");

        assertThat(client.schemaOf(7)).isEqualTo(STRING);
        assertThat(client.schemaOf(7)).isEqualTo(STRING);
        assertThat(requests).hasSize(4).allMatch(request -> request.equals("GET /schemas/ids/7 "));
    }

    @Test
    void refusalIsFinalAndSaysWhy() {
        answer(409, "{\"error_code\":409,\"message\":\"field b has no default\"}");

        assertThatThrownBy(() -> client.idOf("t-value", STRING))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("refuses string for subject t-value")
                .hasMessageContaining("field b has no default")
                .hasMessageContaining("upgrade readers first");
        assertThat(requests).hasSize(1);
    }

    @Test
    void unknownIdIsNotAskedAboutForEveryRecord() {
        answer(404, "{\"error_code\":40403,\"message\":\"Schema 9 not found\"}");

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> client.schemaOf(9))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("no schema with id 9");
        }
        assertThat(requests).hasSize(1);
    }

    @Test
    void onlyTheRegistrysOwnNotFoundSaysAnythingAboutARecord() {
        answer(404, "<html>no such page");
        answer(404, "{\"error_code\":404,\"message\":\"HTTP 404 Not Found\"}");
        answer(401, "Unauthorized");
        answer(403, "{\"error_code\":40301,\"message\":\"denied\"}");
        answer(400, "");
        answer(200, "<html>");
        answer(200, "");
        for (int i = 0; i < 7; i++) {
            assertThatThrownBy(() -> client.schemaOf(9)).isInstanceOf(SchemaRegistryUnavailableException.class);
        }
        answer(200, "{\"schema\":\"\\\"string\\\"\"}");

        assertThat(client.schemaOf(9)).isEqualTo(STRING);
    }

    @Test
    void registryThatIsAwayEndsThePatienceWithItsAddress() {
        server.stop(0);
        client = new SchemaRegistryClient(settings().withPatience(Duration.ofMillis(200)));

        assertThatThrownBy(() -> client.schemaOf(1))
                .isInstanceOf(SchemaRegistryUnavailableException.class)
                .hasMessageContaining(url())
                .hasMessageContaining("check that it runs there");
    }

    @Test
    void secondInstanceAnswersWhenTheFirstIsAway() {
        client = SchemaRegistryClient.connect("http://127.0.0.1:1," + url() + "/");
        answer(200, "{\"id\":7}");

        assertThat(client.idOf("t-value", STRING)).isEqualTo(7);
    }

    @Test
    void credentialsAreSentAndNeverPrinted() {
        SchemaRegistryClient.Credentials credentials = new SchemaRegistryClient.Credentials("joe", "hush");
        client = new SchemaRegistryClient(settings().withCredentials(credentials));
        answer(401, "Unauthorized");

        assertThatThrownBy(() -> client.idOf("t-value", STRING))
                .hasMessageContaining("HTTP status 401")
                .hasMessageContaining("Check the user and password");
        assertThat(requests.getFirst())
                .endsWith("Basic " + Base64.getEncoder().encodeToString("joe:hush".getBytes(StandardCharsets.UTF_8)));
        assertThat(settings().withCredentials(credentials).toString()).doesNotContain("hush");
    }

    @Test
    void referencedSchemasAreFetchedToo() {
        answer(
                200,
                "{\"schema\":\"{\\\"type\\\":\\\"array\\\",\\\"items\\\":\\\"x.F\\\"}\",\"references\":[{\"name\":\"x.F\","
                        + "\"subject\":\"f\",\"version\":2}]}");
        answer(
                200,
                "{\"schema\":\"{\\\"type\\\":\\\"fixed\\\",\\\"name\\\":\\\"F\\\",\\\"namespace\\\":\\\"x\\\",\\\"size\\\":4}\"}");

        assertThat(client.schemaOf(5).getElementType().getFixedSize()).isEqualTo(4);
        assertThat(requests).last().isEqualTo("GET /subjects/f/versions/2?deleted=true ");
    }

    @Test
    void somethingElseThanARegistryIsRecognised() {
        answer(200, "<html>");

        assertThatThrownBy(() -> client.schemaOf(1)).hasMessageContaining("is no schema registry");
    }

    @Test
    void unusableUrlsAreRefusedAtOnce() {
        assertThatThrownBy(() -> SchemaRegistryClient.connect(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no URL");
        assertThatThrownBy(() -> SchemaRegistryClient.connect("localhost:8081"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected for example http://");
    }

    private void answer(int status, String body) {
        answers.add(new Scripted(status, body));
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body
                + (authorization == null ? "" : " " + authorization));
        Scripted scripted = answers.isEmpty() ? new Scripted(404, "unexpected request") : answers.removeFirst();
        byte[] bytes = scripted.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(scripted.status(), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private SchemaRegistryClient.Settings settings() {
        return SchemaRegistryClient.Settings.of(url());
    }
}
