package io.tftpdc.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tftpdc.broker.EmbeddedKafka;
import io.tftpdc.client.ConflictPage;
import io.tftpdc.client.ConvergenceReport;
import io.tftpdc.client.FileCatalog;
import io.tftpdc.client.FileHistory;
import io.tftpdc.client.FileInfo;
import io.tftpdc.client.FilePage;
import io.tftpdc.client.PublishReceipt;
import io.tftpdc.client.SettingInfo;
import io.tftpdc.client.TenantInfo;
import io.tftpdc.client.TftpdcClient;
import io.tftpdc.client.TftpdcClient.Publication;
import io.tftpdc.client.TftpdcException;
import io.tftpdc.client.TopicWriter;
import io.tftpdc.event.AuditEvent;
import io.tftpdc.event.ConfigEvent;
import io.tftpdc.event.ConfigScope;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.VersionVector;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.convergence.DigestReport;
import io.tftpdc.registry.EmbeddedRegistry;
import io.tftpdc.streams.ProcessorsConfig;
import io.tftpdc.streams.StreamsProcessors;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.TopicCreator;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaRegistryClient;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminServerIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path directory;

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static EmbeddedKafka broker;
    private static EmbeddedRegistry registry;
    private static SchemaRegistryClient ids;
    private static StreamsProcessors streams;
    private static AdminServer admin;
    private static TftpdcClient client;

    @BeforeAll
    static void start() throws IOException {
        broker = EmbeddedKafka.startForTests(directory.resolve("kafka"));
        registry = EmbeddedRegistry.start(broker.bootstrapServers(), 0);
        ids = SchemaRegistryClient.connect(registry.url());
        streams = StreamsProcessors.start(
                ProcessorsConfig.of(
                        "dc1", broker.bootstrapServers(), 0, URI.create(registry.url()), directory.resolve("streams")),
                ids);
        admin = AdminServer.start(
                AdminConfig.of(
                        "dc1",
                        broker.bootstrapServers(),
                        0,
                        URI.create(registry.url()),
                        URI.create("http://localhost:" + streams.port())),
                ids);
        client = new TftpdcClient(URI.create(admin.url()));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> streams.health().ready().up()
                        && get("/health/ready", HttpResponse.BodyHandlers.ofString())
                                        .statusCode()
                                == 200);
    }

    @AfterAll
    static void stop() {
        client.close();
        admin.close();
        streams.close();
        ids.close();
        registry.close();
        broker.close();
    }

    @Test
    void aFileIsThereAsSoonAsPublishingReturns() throws IOException {
        byte[] bytes = random(1, 700_000);

        PublishReceipt receipt = publish("boot/a.bin", bytes);

        assertThat(receipt.outcome()).isEqualTo("created");
        assertThat(receipt.sha256()).isEqualTo(Sha256.of(bytes).hex());
        FileInfo info = client.info("default", "boot/a.bin");
        assertThat(info.sha256()).isEqualTo(receipt.sha256());
        assertThat(info.size()).isEqualTo(700_000);
        assertThat(info.contentType()).isEqualTo("application/x-firmware");
        assertThat(info.labels()).containsExactly(Map.entry("model", "x 1/ü"));
        assertThat(info.origin()).isEqualTo("dc1");
        assertThat(info.actor()).isEqualTo("rest:127.0.0.1");
        assertThat(fetch("/api/v1/tenants/default/files/boot/a.bin").body()).isEqualTo(bytes);
    }

    @Test
    void aSemicolonNeverMakesARequestAboutAnotherFile() throws IOException, InterruptedException {
        byte[] first = random(71, 10);
        byte[] second = random(72, 20);
        publish("semi/boot", first);

        HttpResponse<String> bare = put("/api/v1/tenants/default/files/semi/boot;v2.bin", second);
        HttpResponse<String> encoded = put("/api/v1/tenants/default/files/semi/boot%3Bv2.bin", second);

        assertThat(bare.statusCode()).isEqualTo(400);
        assertThat(bare.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(bare.body()).contains("Write ; as %3B");
        assertThat(encoded.statusCode()).isEqualTo(201);
        assertThat(fetch("/api/v1/tenants/default/files/semi/boot").body()).isEqualTo(first);
        assertThat(fetch("/api/v1/tenants/default/files/semi/boot%3Bv2.bin").body())
                .isEqualTo(second);
    }

    @Test
    void labelsThatNoDoorTakesAreRefusedByRest() throws IOException {
        Publication publication = new Publication("default", "boot/labelled", "", Map.of("model", "x".repeat(257)));
        Path file = Files.write(directory.resolve("labelled"), random(73, 10));

        assertThatThrownBy(() -> client.publish(file, publication, bytes -> {}))
                .isInstanceOfSatisfying(
                        TftpdcException.class, e -> assertThat(e.status()).isEqualTo(400))
                .hasMessageContaining("default/boot/labelled: label model is 'xxx")
                .hasMessageContaining("257 characters, which is no label's value; expected up to 256");
    }

    private static HttpResponse<String> put(String path, byte[] bytes) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(admin.url() + path))
                        .PUT(HttpRequest.BodyPublishers.ofByteArray(bytes))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void anotherVersionReplacesTheFirstAndBothAreInTheHistory() throws IOException {
        byte[] first = random(2, 10);
        byte[] second = random(3, 20);
        publish("boot/twice", first);

        PublishReceipt receipt = publish("boot/twice", second);

        assertThat(receipt.outcome()).isEqualTo("replaced");
        assertThat(client.history("default", "boot/twice").revisions())
                .extracting(FileHistory.Revision::sha256)
                .containsExactly(Sha256.of(second).hex(), Sha256.of(first).hex());
    }

    @Test
    void aFileForSitesIsAVariantOfEach() throws Exception {
        byte[] everywhere = random(81, 10);
        byte[] there = random(82, 20);
        publish("sited/x", everywhere);

        HttpResponse<String> made = put("/api/v1/tenants/default/files/sited/x?site=dc2&site=dc3,dc2", there);
        HttpResponse<String> wrong = put("/api/v1/tenants/default/files/@site/Nope/x", there);
        HttpResponse<String> twice = put("/api/v1/tenants/default/files/@site/dc2/x?site=dc3", there);

        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(JSON.readTree(made.body()).get("sites")).hasToString("[\"dc2\",\"dc3\"]");
        assertThat(JSON.readTree(made.body()).get("path").asText()).isEqualTo("sited/x");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("expected @site/SITE/PATH");
        assertThat(twice.statusCode()).isEqualTo(400);
        assertThat(fetch("/api/v1/tenants/default/files/sited/x").body()).isEqualTo(everywhere);
        assertThat(fetch("/api/v1/tenants/default/files/sited/x?site=dc3").body())
                .isEqualTo(there);
        assertThat(fetch("/api/v1/tenants/default/files/@site/dc2/sited/x").body())
                .isEqualTo(there);

        client.remove("default", "sited/x", List.of("dc2"));

        assertThat(fetch("/api/v1/tenants/default/files/sited/x?site=dc2").statusCode())
                .isEqualTo(404);
        assertThat(fetch("/api/v1/tenants/default/files/sited/x?site=dc3").body())
                .isEqualTo(there);
        assertThat(fetch("/api/v1/tenants/default/files/sited/x").body()).isEqualTo(everywhere);
    }

    @Test
    void aLargeFileGoesInAndOutInAStream() throws IOException {
        Path file = directory.resolve("large");
        Random random = new Random(4);
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] piece = new byte[1 << 20];
            for (int i = 0; i < 64; i++) {
                random.nextBytes(piece);
                out.write(piece);
            }
        }
        AtomicLong sent = new AtomicLong();

        PublishReceipt receipt = client.publish(file, new Publication("default", "large", "", Map.of()), sent::set);

        assertThat(receipt.size()).isEqualTo(64 << 20);
        assertThat(sent.get()).isEqualTo(64 << 20);
        Path back = directory.resolve("back");
        try (OutputStream out = Files.newOutputStream(back)) {
            assertThat(client.get("default", "large", out, bytes -> {})).isEqualTo(64 << 20);
        }
        assertThat(Files.mismatch(file, back)).isEqualTo(-1);
    }

    @Test
    void oddNamesAreKept() throws IOException {
        for (String name : List.of(
                "a b/c+d", "größe/ü.bin", "100%/50%25", "q?x=1#frag", "semi;colon=1", "x:y@z,&$!'()*~^|[]{}\"<>")) {
            publish(name, name.getBytes(StandardCharsets.UTF_8));

            assertThat(client.info("default", name).path()).isEqualTo(name);
        }
    }

    @Test
    void removingLeavesTheHistory() throws IOException {
        publish("boot/gone", random(5, 5));

        client.remove("default", "boot/gone");

        assertThatThrownBy(() -> client.info("default", "boot/gone"))
                .isInstanceOfSatisfying(
                        TftpdcException.class, e -> assertThat(e.status()).isEqualTo(404))
                .hasMessageContaining("was removed at");
        assertThat(client.history("default", "boot/gone").revisions())
                .extracting(FileHistory.Revision::kind)
                .containsExactly("removed", "published");
        assertThatThrownBy(() -> client.remove("default", "boot/gone"))
                .isInstanceOfSatisfying(
                        TftpdcException.class, e -> assertThat(e.status()).isEqualTo(404));
        assertThat(publish("boot/gone", random(6, 6)).outcome()).isEqualTo("created");
    }

    @Test
    void listsComeInPages() throws Exception {
        for (int i = 0; i < 5; i++) {
            publish("list/" + i, random(7, i));
        }

        FilePage first = client.page("default", "list/", "", 2);

        assertThat(first.files()).extracting(FileInfo::path).containsExactly("list/0", "list/1");
        assertThat(first.next()).isEqualTo("list/1");
        assertThat(client.page("default", "list/", "list/3", 2).next()).isEmpty();
        try (var files = client.files("default", "list/")) {
            assertThat(files.map(FileInfo::path)).hasSize(5).isSorted();
        }
        assertThat(get("/api/v1/tenants/default/files?prefix=list/&limit=2", HttpResponse.BodyHandlers.ofString())
                        .headers()
                        .firstValue("Link"))
                .hasValue("</api/v1/tenants/default/files?prefix=list%2F&after=list%2F1&limit=2>; rel=\"next\"");
    }

    @Test
    void otherBytesThanAnnouncedAreNotPublished() throws Exception {
        HttpResponse<String> response = put(
                "/api/v1/tenants/default/files/boot/broken",
                request -> request.header("X-Content-SHA256", "0".repeat(64)),
                random(8, 100));

        assertThat(response.statusCode()).isEqualTo(422);
        JsonNode problem = problem(response);
        assertThat(problem.path("type").asText()).isEqualTo("urn:tftpdc:problem:hash-differs");
        assertThat(problem.path("detail").asText()).contains("expected 000000");
        assertThatThrownBy(() -> client.info("default", "boot/broken")).hasMessageContaining("does not exist");
    }

    @Test
    void aClientThatVanishesInTheMiddleLeavesNoEvent() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", admin.port())) {
            socket.getOutputStream()
                    .write(("PUT /api/v1/tenants/default/files/boot/vanished HTTP/1.1\r\nHost: x\r\n"
                                    + "Content-Length: 2000000\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(random(9, 1_000_000));
            socket.getOutputStream().flush();
        }

        await().atMost(Duration.ofSeconds(10)).until(() -> audited().stream()
                .anyMatch(event -> event.resource().equals("default/boot/vanished")
                        && event.outcome().equals("FAILED")));
        assertThatThrownBy(() -> client.history("default", "boot/vanished")).hasMessageContaining("does not exist");
    }

    @Test
    void anAnswerBeforeTheBodySaysThatItEndsTheConnection() throws Exception {
        for (String target : List.of(
                "PUT /api/v1/tenants/default/files/semi;colon", // refused by us,
                "PUT /api/v1/tenants/unknown/files/a",
                "PUT /api/v1/nodes", // by Jersey,
                "GET /api/v1/nodes",
                "PUT /api/v1/tenants/default/files/a//b")) { // and by Jetty
            try (Socket socket = new Socket("127.0.0.1", admin.port())) {
                socket.setSoTimeout(10_000);
                socket.getOutputStream()
                        .write((target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));

                String answer =
                        new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8); // and then the end

                assertThat(answer).as(target).startsWith("HTTP/1.1 ").containsIgnoringCase("\r\nConnection: close\r\n");
            }
        }
    }

    @Test
    void anAnswerAfterTheBodyKeepsTheConnection() throws Exception {
        String refused = "PUT /api/v1/tenants/default/files/boot/kept HTTP/1.1\r\nHost: x\r\nX-Content-SHA256: "
                + "0".repeat(64) + "\r\nContent-Length: 5\r\n\r\nbytes";
        String last = "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        try (Socket socket = new Socket("127.0.0.1", admin.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write((refused + last).getBytes(StandardCharsets.US_ASCII));

            String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answers).startsWith("HTTP/1.1 422 ").contains("HTTP/1.1 200 ");
            assertThat(answers.substring(0, answers.indexOf("HTTP/1.1 200 ")))
                    .doesNotContainIgnoringCase("Connection: close");
        }
    }

    @Test
    void rangesAndConditionsAreUnderstood() throws Exception {
        byte[] bytes = random(10, 1_000_000);
        publish("boot/ranged", bytes);
        String path = "/api/v1/tenants/default/files/boot/ranged";
        String tag = "\"" + Sha256.of(bytes).hex() + "\"";

        HttpResponse<byte[]> part = fetch(path, "Range", "bytes=600000-600009");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(bytes, 600_000, 600_010));
        assertThat(part.headers().firstValue("Content-Range")).hasValue("bytes 600000-600009/1000000");
        assertThat(part.headers().firstValue("Content-Length")).hasValue("10");
        assertThat(fetch(path, "Range", "bytes=2000000-").statusCode()).isEqualTo(416);
        assertThat(fetch(path, "If-None-Match", tag).statusCode()).isEqualTo(304);
        assertThat(fetch(path, "Range", "bytes=0-0", "If-Range", "\"other\"").statusCode())
                .isEqualTo(200);
        assertThat(fetch(path, "Range", "bytes=0-0", "If-Range", tag).statusCode())
                .isEqualTo(206);
    }

    @Test
    void aHeadTellsAllButTheBytes() throws Exception {
        byte[] bytes = random(11, 5_000);
        publish("boot/head", bytes);

        HttpResponse<byte[]> head = HTTP.send(
                HttpRequest.newBuilder(URI.create(admin.url() + "/api/v1/tenants/default/files/boot/head"))
                        .HEAD()
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().allValues("Content-Length")).containsExactly("5000");
        assertThat(head.headers().firstValue("ETag"))
                .hasValue("\"" + Sha256.of(bytes).hex() + "\"");
        assertThat(head.headers().firstValue("X-Content-SHA256"))
                .hasValue(Sha256.of(bytes).hex());
        assertThat(head.headers().firstValue("Last-Modified")).isPresent();
        assertThat(head.headers().firstValue("Content-Type")).hasValue("application/x-firmware");
    }

    @Test
    void anUnknownTenantIsNamedWithTheWayToCreateIt() throws Exception {
        HttpResponse<String> response =
                put("/api/v1/tenants/nobody/files/x", Function.identity(), random(12, 3_000_000));

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(problem(response).path("fix").asText()).contains("tftpdc tenants create nobody");
    }

    @Test
    void aNewTenantCanBePublishedToAtOnce() throws Exception {
        TenantInfo created = client.createTenant("acme", "Acme Inc.");

        assertThat(created.publishTopic()).isEqualTo("tftp.publish.acme");
        assertThat(client.tenants()).extracting(TenantInfo::name).contains("acme", "default");
        try (Admin kafka = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            assertThat(kafka.listTopics().names().get()).contains("tftp.publish.acme");
        }
        client.publish(
                Files.write(directory.resolve("small"), random(13, 3)),
                new Publication("acme", "x", "", Map.of()),
                sent -> {});
        assertThat(client.info("acme", "x").size()).isEqualTo(3);
    }

    @Test
    void aTenantIsCreatedWithoutABodyOnceAndForAll() throws Exception {
        HttpResponse<String> first = put("/api/v1/tenants/bare", Function.identity(), new byte[0]);
        HttpResponse<String> again = put(
                "/api/v1/tenants/bare",
                request -> request.header("Content-Type", "application/x-www-form-urlencoded"),
                "{\"description\":\"again\"}".getBytes(StandardCharsets.UTF_8));
        HttpResponse<String> odd =
                put("/api/v1/tenants/bare", Function.identity(), "description=no".getBytes(StandardCharsets.UTF_8));

        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(odd.statusCode()).isEqualTo(400);
        assertThat(problem(odd).path("type").asText()).endsWith("malformed-json");
        assertThat(get("/api/v1/tenants/bare", HttpResponse.BodyHandlers.ofString())
                        .body())
                .contains("\"description\":\"again\"");
    }

    @Test
    void aLateIndexIsSaidSo() throws Exception {
        try (StandingIndex index = new StandingIndex();
                AdminServer hasty = AdminServer.start(
                        new AdminConfig(
                                "dc1",
                                "admin-2",
                                "127.0.0.1",
                                0,
                                new AdminConfig.Kafka(broker.bootstrapServers(), -1, Map.of()),
                                URI.create(registry.url()),
                                index.url(),
                                io.dropwizard.util.DataSize.mebibytes(1),
                                Duration.ofMillis(50),
                                Duration.ofSeconds(60),
                                Duration.ofMinutes(5),
                                List.of("default"),
                                List.of(),
                                Duration.ofSeconds(4),
                                io.tftpdc.dns.DnsSettings.defaults(),
                                List.of()),
                        ids)) {
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> hasty.health().ready().up());
            TftpdcClient quick = new TftpdcClient(URI.create(hasty.url()));
            Path small = Files.write(directory.resolve("late"), random(14, 3));

            PublishReceipt receipt = quick.publish(small, new Publication("default", "late", "", Map.of()), n -> {});

            assertThat(receipt.outcome()).isEqualTo("accepted");
            assertThat(receipt.message()).contains("Kafka has the file for good");
            Path large = Files.write(directory.resolve("too-large"), random(15, 1_100_000));
            assertThatThrownBy(() -> quick.publish(large, new Publication("default", "l", "", Map.of()), n -> {}))
                    .isInstanceOfSatisfying(
                            TftpdcException.class, e -> assertThat(e.status()).isEqualTo(413));
            quick.close();
        }
    }

    @Test
    void everyChangeIsAudited() throws IOException {
        publish("boot/audited", random(16, 1));
        client.remove("default", "boot/audited");

        assertThat(audited())
                .filteredOn(event -> event.resource().equals("default/boot/audited"))
                .extracting(AuditEvent::action, AuditEvent::outcome, AuditEvent::remoteAddress)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("file.publish", "OK", "127.0.0.1"),
                        org.assertj.core.groups.Tuple.tuple("file.remove", "OK", "127.0.0.1"));
    }

    @Test
    void aSettingThatDoesNotGoTogetherWithAnotherIsRefusedNamingThatOne() throws Exception {
        assertClash(() -> client.set("stale", "site/dc7", "\"refuse\""), "`stale` refuse needs `max-staleness`");

        client.set("max-staleness", "site/dc7", "\"1h\"");
        client.set("stale", "site/dc7", "\"refuse\"");

        assertClash(() -> client.unset("max-staleness", "site/dc7"), "`stale`, which is refuse for site/dc7");
        client.unset("stale", "site/dc7");
        client.unset("max-staleness", "site/dc7");
        assertThat(client.settings("site/dc7").settings()).isEmpty();
        assertThat(audited())
                .filteredOn(event -> event.resource().equals("config/site/dc7/stale"))
                .extracting(AuditEvent::outcome)
                .containsExactly("REFUSED", "OK", "OK");
    }

    private static void assertClash(ThrowableAssert.ThrowingCallable change, String message) {
        assertThatThrownBy(change).isInstanceOfSatisfying(TftpdcException.class, e -> {
            assertThat(e.status()).isEqualTo(409);
            assertThat(e).hasMessageContaining(message);
        });
    }

    @Test
    void aSettingIsCheckedWrittenReadBackAuditedAndTakenBack() throws Exception {
        String name = "max-block-size";
        String before = client.settings("").digest();

        SettingInfo set = client.set(name, "tenant/lab", "1468");

        assertThat(set.value()).isEqualTo("1468");
        assertThat(set.origin()).isEqualTo("dc1");
        assertThat(set.actor()).isEqualTo("rest:127.0.0.1");
        assertThat(client.settings("tenant/lab").settings()).containsExactly(set);
        String digest = client.settings("").digest();
        assertThat(digest)
                .isNotEqualTo(before)
                .isEqualTo(client.nodesAndSettings().configuration());
        client.set(name, "tenant/lab", " 512 ");
        assertThat(client.settingHistory(name, "tenant/lab"))
                .extracting(SettingInfo::value)
                .containsExactly("512", "1468");
        client.unset(name, "tenant/lab");
        assertThat(client.settings("tenant/lab").settings()).isEmpty();
        assertThat(client.settingHistory(name, "tenant/lab"))
                .extracting(SettingInfo::value)
                .containsExactly(null, "512", "1468");
        assertThat(audited())
                .filteredOn(event -> event.resource().equals("config/tenant/lab/max-block-size"))
                .extracting(AuditEvent::action, AuditEvent::outcome, AuditEvent::detail)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("config.set", "OK", "1468"),
                        org.assertj.core.groups.Tuple.tuple("config.set", "OK", "512"),
                        org.assertj.core.groups.Tuple.tuple("config.unset", "OK", "unset"));
        assertThat(client.knownSettings())
                .filteredOn(known -> known.name().equals(name))
                .singleElement()
                .satisfies(known -> assertThat(known.scopes()).containsExactly("all", "site", "node", "tenant"));
    }

    @Test
    void whatMakesNoSenseIsRefusedWithPlaceAndExpectation() throws Exception {
        assertRefused("max-block-size", "all", "4", 422, "`max-block-size` is 4; expected 8 to 65464");
        assertRefused(
                "profiles",
                "all",
                "[{\"max-blocksize\":512}]",
                422,
                "`profiles[0].max-blocksize` is not a known key; did you mean `max-block-size`?");
        assertRefused("stale", "tenant/lab", "\"refuse\"", 422, "expected one of the scopes all, site, node");
        assertRefused("names.rules", "all", "\"q ^a\"", 422, "`rules`");
        assertRefused("max-block-size", "all", "{", 400, "is no JSON");
        assertRefused("max-block-size", "all", "", 400, "The body is empty");
        assertRefused("max-blok-size", "all", "512", 400, "did you mean `max-block-size`?");
        assertRefused("max-block-size", "everywhere", "512", 400, "scope is 'everywhere'; expected all, site/SITE");
        assertThatThrownBy(() -> client.settingHistory("max-window-size", "node/dc1/nobody"))
                .isInstanceOfSatisfying(
                        TftpdcException.class, e -> assertThat(e.status()).isEqualTo(404))
                .hasMessageContaining("was never set for node/dc1/nobody");
        assertThat(client.settings("all").settings()).isEmpty();
    }

    private static void assertRefused(String name, String scope, String value, int status, String message) {
        assertThatThrownBy(() -> client.set(name, scope, value))
                .isInstanceOfSatisfying(
                        TftpdcException.class, e -> assertThat(e.status()).isEqualTo(status))
                .hasMessageContaining(message);
    }

    /** As a program may: nobody has checked it. */
    @Test
    void aRecordThatIsNoGoodIsLeftOutAndOfTwoTheLaterStampCounts() throws Exception {
        long now = System.currentTimeMillis();
        try (TopicWriter writer = TopicWriter.connect(Map.of("bootstrap.servers", broker.bootstrapServers()), ids)) {
            writer.write(Topics.CONFIG_EVENTS, "site/dc9", change(now, "site/dc9", "max-window-size", "8"))
                    .get();
            writer.write(Topics.CONFIG_EVENTS, "site/dc9", change(now - 9, "site/dc9", "max-window-size", "9"))
                    .get();
            writer.write(Topics.CONFIG_EVENTS, "site/dc9", change(now + 1, "site/dc9", "max-window-size", "0"))
                    .get();
            writer.write(Topics.CONFIG_EVENTS, "site/dc8", change(now + 2, "site/dc9", "max-window-size", "7"))
                    .get();
            writer.write(Topics.CONFIG_EVENTS, "site/dc9", change(now, "site/dc9", "stale", "\"refuse\""))
                    .get();
        }

        await().atMost(Duration.ofSeconds(20))
                .until(() -> client.settings("site/dc9").settings().size() == 2);

        assertThat(client.settings("site/dc9").settings())
                .extracting(SettingInfo::name, SettingInfo::value)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("max-window-size", "8"),
                        org.assertj.core.groups.Tuple.tuple("stale", "\"refuse\""));
    }

    private static ConfigEvent.SettingChanged change(long millis, String scope, String name, String value) {
        return new ConfigEvent.SettingChanged(
                new EventEnvelope(
                        new EventId(UUID.randomUUID()), new SiteName("dc9"), HybridTime.of(millis, 0), "program"),
                ConfigScope.parse(scope),
                name,
                Optional.of(value));
    }

    @Test
    void theDigestOfATenantChangesWithItsFiles() throws Exception {
        String before = get("/api/v1/digests?tenant=default", HttpResponse.BodyHandlers.ofString())
                .body();

        publish("boot/digested", random(18, 1));

        String after = get("/api/v1/digests?tenant=default", HttpResponse.BodyHandlers.ofString())
                .body();
        assertThat(JSON.readTree(after)
                        .path("tenants")
                        .path("default")
                        .path("digest")
                        .asText())
                .hasSize(64)
                .isNotEqualTo(JSON.readTree(before)
                        .path("tenants")
                        .path("default")
                        .path("digest")
                        .asText());
    }

    @Test
    void aVersionThatLostUnknowinglyIsListedAndRestored() throws Exception {
        byte[] ours = random(81, 300);
        publish("conflict/a", ours);
        publish("conflict/b", random(82, 10));
        // Another site's writers: one knew nothing of ours, the other one did.
        SiteName dc2 = new SiteName("dc2");
        publishAtPeer(dc2, "conflict/a", VersionVector.NOTHING);
        publishAtPeer(dc2, "conflict/b", catalogEntry("conflict/b").seen());
        await().atMost(Duration.ofSeconds(20))
                .until(() -> catalogEntry("conflict/a").revisions().size() == 2
                        && catalogEntry("conflict/b").revisions().size() == 2);

        ConflictPage page = client.conflicts("default", "conflict/", "", 10);

        assertThat(page.conflicts()).singleElement().satisfies(conflict -> {
            assertThat(conflict.path()).isEqualTo("conflict/a");
            assertThat(conflict.winner().origin()).isEqualTo("dc2");
            assertThat(conflict.losers()).singleElement().satisfies(loser -> assertThat(loser.sha256())
                    .isEqualTo(Sha256.of(ours).hex()));
        });
        assertThat(page.total()).isEqualTo(1);

        TftpdcClient.Restored restored = client.restore("default", "conflict/a", "");

        assertThat(restored.shown()).isTrue();
        assertThat(fetch("/api/v1/tenants/default/files/conflict/a").body()).isEqualTo(ours);
        assertThat(client.conflicts("default", "conflict/", "", 10).conflicts()).isEmpty();
        assertThatThrownBy(() -> client.restore("default", "conflict/a", ""))
                .hasMessageContaining("has no open conflict");
        assertThatThrownBy(() -> client.restore("default", "conflict/a", "nonsense"))
                .hasMessageContaining("no revision nonsense");
    }

    @Test
    void sitesAndNodesAreComparedByWhatTheySay() throws Exception {
        publish("compare/a", random(91, 10));
        await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
            ConvergenceReport report = client.convergence("default", false);
            assertThat(report.sites())
                    .filteredOn(site -> site.site().equals("dc1"))
                    .singleElement()
                    .satisfies(site -> {
                        assertThat(site.state()).isEqualTo("same");
                        assertThat(site.tenants()).singleElement().satisfies(tenant -> assertThat(tenant.files())
                                .isPositive());
                    });
            assertThat(report.nodes()).extracting(node -> node.role()).contains("streams", "admin");
        });
        assertThat(client.nodes())
                .filteredOn(node -> node.role().equals("streams"))
                .singleElement()
                .satisfies(node -> assertThat(node.addresses().get("http"))
                        .doesNotContain("/")
                        .endsWith(":" + streams.port()));
    }

    /** As the mirror would bring it here; the bytes are of no interest. */
    @Test
    void aSiteThatIsGoneForGoodIsForgottenAndComesBackWhenItSpeaks() throws Exception {
        speak("dc9", System.currentTimeMillis() - 600_000);
        await().atMost(Duration.ofSeconds(30)).until(() -> sites().contains("dc9 silent"));
        assertThatThrownBy(() -> client.forgetSite("dc1")).hasMessageContaining("is this one");
        assertThatThrownBy(() -> client.forgetSite("dc8")).hasMessageContaining("Nobody ever heard of a site dc8");

        assertThat(client.forgetSite("dc9").site()).isEqualTo("dc9");

        assertThat(sites()).noneMatch(site -> site.startsWith("dc9"));
        speak("dc9", System.currentTimeMillis());
        await().atMost(Duration.ofSeconds(30)).until(() -> sites().stream().anyMatch(site -> site.startsWith("dc9")));
        assertThatThrownBy(() -> client.forgetSite("dc9")).hasMessageContaining("would come back at once");
    }

    private static List<String> sites() throws IOException {
        return client.convergence("", false).sites().stream()
                .map(site -> site.site() + " " + site.state())
                .toList();
    }

    /** A sign of life of every partition of a site's index, as a mirror brings it. */
    private static void speak(String site, long atMillis) throws Exception {
        Topic<String, DigestReport> mirrored = Topics.INDEX_DIGESTS.mirroredFrom(new SiteName(site));
        try (Admin kafka = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
                TopicWriter writer = TopicWriter.connect(Map.of("bootstrap.servers", broker.bootstrapServers()), ids)) {
            new TopicCreator(kafka, (short) 1).ensure(List.of(mirrored));
            for (int i = 0; i < Topics.PARTITIONS; i++) {
                DigestReport alive = new DigestReport.Alive(new SiteName(site), i, 1, atMillis);
                writer.write(mirrored, alive.key(), alive).get();
            }
        }
    }

    private static void publishAtPeer(SiteName peer, String path, VersionVector seen) throws Exception {
        Topic<FileKey, FileEvent> mirrored = Topics.FILE_EVENTS.mirroredFrom(peer);
        FileContent content = new FileContent(
                Sha256.of(path.getBytes(StandardCharsets.UTF_8)),
                1,
                FileContent.CHUNK_SIZE,
                new FileContent.Inline(List.of(new Sha256(1, 2, 3, 4))));
        FileEvent event = new FileEvent.FilePublished(
                new EventEnvelope(
                        new EventId(UUID.randomUUID()),
                        peer,
                        HybridTime.of(System.currentTimeMillis() + 1000, 0),
                        "user:bert"),
                FileKey.of("default", path),
                content,
                "",
                Map.of(),
                seen);
        try (Admin kafka = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
                TopicWriter writer = TopicWriter.connect(Map.of("bootstrap.servers", broker.bootstrapServers()), ids)) {
            new TopicCreator(kafka, (short) 1).ensure(List.of(mirrored));
            writer.write(mirrored, event.key(), event).get();
        }
    }

    private static FileIndexEntry catalogEntry(String path) throws IOException {
        try (FileCatalog catalog = new FileCatalog(URI.create("http://localhost:" + streams.port()))) {
            return catalog.entry(FileKey.of("default", path));
        }
    }

    @Test
    void errorsAreProblemDocumentsWhereverTheyComeFrom() throws Exception {
        for (String path : List.of(
                "/nowhere",
                "/api/v1/tenants/default/files/none",
                "/api/v1/tenants/BAD/files",
                "/api/v1/tenants/default/files?limit=0",
                "/api/v1/tenants/default/files/a%2F..%2F..%2Fb",
                "/api/v1/tenants/default/files/a//b")) {
            HttpResponse<String> response = get(path, HttpResponse.BodyHandlers.ofString());

            assertThat(response.statusCode()).as(path).isBetween(400, 404);
            assertThat(problem(response).path("detail").asText()).as(path).isNotEmpty();
        }
        HttpResponse<String> wrongMethod = HTTP.send(
                HttpRequest.newBuilder(URI.create(admin.url() + "/api/v1/nodes"))
                        .DELETE()
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(wrongMethod.statusCode()).isEqualTo(405);
        assertThat(problem(wrongMethod).path("fix").asText()).contains("GET");
    }

    @Test
    void metricsNameRoutesAndNotFiles() throws Exception {
        publish("boot/measured", random(17, 1));

        String metrics = get("/metrics", HttpResponse.BodyHandlers.ofString()).body();

        assertThat(metrics)
                .contains("tftpdc_admin_requests_seconds_count{")
                .contains("route=\"/health/ready\"")
                .contains("route=\"/api/v1/tenants/{tenant}/files/{path: .+}\"")
                .doesNotContain("boot/measured");
    }

    @Test
    void theApiDescribesItself() throws Exception {
        JsonNode api = JSON.readTree(get("/api/v1/openapi.json", HttpResponse.BodyHandlers.ofString())
                .body());

        assertThat(api.path("paths").fieldNames())
                .toIterable()
                .contains(
                        "/api/v1/tenants/{tenant}/files/{path}",
                        "/api/v1/tenants",
                        "/api/v1/nodes",
                        "/api/v1/config/{name}");
        assertThat(get("/", HttpResponse.BodyHandlers.ofString()).body()).contains("/api/v1/openapi.json");
    }

    private static PublishReceipt publish(String path, byte[] bytes) throws IOException {
        Path file = Files.createTempFile(directory, "publish", "");
        Files.write(file, bytes);
        return client.publish(
                file, new Publication("default", path, "application/x-firmware", Map.of("model", "x 1/ü")), sent -> {});
    }

    private static HttpResponse<String> put(
            String path, Function<HttpRequest.Builder, HttpRequest.Builder> more, byte[] body) throws Exception {
        return HTTP.send(
                more.apply(HttpRequest.newBuilder(URI.create(admin.url() + path)))
                        .PUT(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static <T> HttpResponse<T> get(String path, HttpResponse.BodyHandler<T> handler) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(URI.create(admin.url() + path)).build(), handler);
    }

    private static HttpResponse<byte[]> fetch(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(admin.url() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode problem(HttpResponse<String> response) throws IOException {
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        JsonNode problem = JSON.readTree(response.body());
        assertThat(problem.path("status").asInt()).isEqualTo(response.statusCode());
        return problem;
    }

    private static List<AuditEvent> audited() {
        List<AuditEvent> events = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "fetch.max.wait.ms", 10),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(IntStream.range(0, Topics.PARTITIONS)
                    .mapToObj(p -> new TopicPartition(Topics.AUDIT_EVENTS.name(), p))
                    .toList());
            consumer.seekToBeginning(consumer.assignment());
            Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100))
                        .forEach(record -> events.add(Topics.AUDIT_EVENTS
                                .valueSerde(ids)
                                .deserializer()
                                .deserialize(record.topic(), record.value())));
            }
        }
        return events;
    }

    private static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
