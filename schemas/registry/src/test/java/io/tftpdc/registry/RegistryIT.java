package io.tftpdc.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tftpdc.broker.EmbeddedKafka;
import io.tftpdc.runtime.PortInUseException;
import io.tftpdc.wire.DerivedSchemaIds;
import io.tftpdc.wire.Format;
import io.tftpdc.wire.Formats;
import io.tftpdc.wire.SchemaRegistryClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry on a real broker, driven over HTTP by Confluent's own classes and by hand. */
class RegistryIT {

    private static final Schema V1 = SchemaBuilder.record("Reading")
            .namespace("x")
            .fields()
            .requiredString("sensor")
            .endRecord();
    private static final Schema V2 = SchemaBuilder.record("Reading")
            .namespace("x")
            .fields()
            .requiredString("sensor")
            .optionalInt("celsius")
            .endRecord();
    private static final Schema INCOMPATIBLE = SchemaBuilder.record("Reading")
            .namespace("x")
            .fields()
            .requiredString("sensor")
            .requiredInt("celsius")
            .endRecord();

    @TempDir
    static Path directory;

    private static EmbeddedKafka kafka;
    private static int topics;

    private final HttpClient http = HttpClient.newHttpClient();
    private RegistryConfig config;
    private EmbeddedRegistry registry;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.startForTests(directory);
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void start() throws Exception {
        config = onTopic("_schemas-" + topics++);
        registry = EmbeddedRegistry.start(config);
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private static RegistryConfig onTopic(String topic) {
        RegistryConfig base = RegistryConfig.of(kafka.bootstrapServers(), "127.0.0.1", 0);
        RegistryConfig.Kafka k = base.kafka();
        return new RegistryConfig(
                base.site(),
                base.node(),
                base.host(),
                base.port(),
                new RegistryConfig.Kafka(
                        k.bootstrapServers(), topic, k.replicas(), k.startTimeout(), k.writeTimeout(), k.properties()),
                base.compatibility());
    }

    @Test
    void confluentsSerializerAndDeserializerExchangeRecordsAcrossSchemaVersions() throws Exception {
        try (Serializer<Object> serializer = ConfluentClients.serializer(registry.url(), Map.of());
                Deserializer<Object> deserializer = ConfluentClients.deserializer(registry.url())) {
            GenericRecord first =
                    new GenericRecordBuilder(V1).set("sensor", "a").build();
            GenericRecord second = new GenericRecordBuilder(V2)
                    .set("sensor", "b")
                    .set("celsius", 21)
                    .build();

            byte[] firstBytes = serializer.serialize("readings", first);
            byte[] secondBytes = serializer.serialize("readings", second);

            assertThat(deserializer.deserialize("readings", firstBytes)).isEqualTo(first);
            assertThat(deserializer.deserialize("readings", secondBytes)).isEqualTo(second);
            assertThat(ByteBuffer.wrap(firstBytes, 1, 4).getInt())
                    .isEqualTo(new SchemaContent(V1.toString(), List.of()).id());
            assertThat(get("/subjects").toString()).isEqualTo("[\"readings-value\"]");
            assertThat(get("/subjects/readings-value/versions").toString()).isEqualTo("[1,2]");
        }
        try (Serializer<Object> latest = ConfluentClients.serializer(
                        registry.url(), Map.of("auto.register.schemas", false, "use.latest.version", true));
                Deserializer<Object> deserializer = ConfluentClients.deserializer(registry.url())) {
            GenericRecord record =
                    new GenericRecordBuilder(V2).set("sensor", "c").build();
            byte[] bytes = latest.serialize("readings", record);
            assertThat(deserializer.deserialize("readings", bytes)).isEqualTo(record);
        }
    }

    @Test
    void everySchemaOfOursGetsTheIdThatItDerivesWithoutARegistry() throws Exception {
        DerivedSchemaIds derived = new DerivedSchemaIds();
        try (SchemaRegistryClient client = SchemaRegistryClient.connect(registry.url());
                SchemaRegistryClient reader = SchemaRegistryClient.connect(registry.url())) {
            for (Format<?> format : List.of(
                    Formats.FILE_EVENT,
                    Formats.FILE_INDEX_ENTRY,
                    Formats.CONTENT_LOCATION,
                    Formats.TRANSFER_EVENT,
                    Formats.CONFIG_EVENT,
                    Formats.NODE_REPORTED)) {
                Schema schema = format.schema().orElseThrow();
                int id = client.idOf(schema.getName() + "-value", schema);

                assertThat(id).as(schema.getName()).isEqualTo(derived.idOf("any", schema));
                assertThat(reader.schemaOf(id)).isEqualTo(schema);
            }
        }
    }

    @Test
    void withoutKafkaReadsGoOnWritesFailAndAfterwardsAllIsWell() throws Exception {
        registry.close();
        RegistryConfig.Kafka k = config.kafka();
        registry = EmbeddedRegistry.start(new RegistryConfig(
                config.site(),
                config.node(),
                config.host(),
                config.port(),
                new RegistryConfig.Kafka(
                        k.bootstrapServers(),
                        k.topic(),
                        k.replicas(),
                        k.startTimeout(),
                        Duration.ofSeconds(2),
                        k.properties()),
                config.compatibility()));
        int id = register(registry, "s", V1).path("id").intValue();
        kafka.stop();
        try {
            assertThat(get("/schemas/ids/" + id).path("schema").textValue()).isEqualTo(V1.toString());
            assertThat(register(registry, "s", V1).path("id").intValue())
                    .as("registering what is there needs no Kafka")
                    .isEqualTo(id);
            HttpResponse<String> refused = send(registry, "POST", "/subjects/s/versions", body(V2));
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(500);
            assertThat(json(refused).path("error_code").intValue()).isBetween(50001, 50002);
            await(503);
            assertThat(send(registry, "GET", "/health/live", "").statusCode()).isEqualTo(200);
        } finally {
            kafka.start();
        }
        await(200);
        assertThat(register(registry, "s", V2).path("id").intValue()).isNotEqualTo(id);
        assertThat(get("/subjects/s/versions").toString()).isEqualTo("[1,2]");
    }

    @Test
    void confluentsClientMeetsEveryAnswerItKnows() throws Exception {
        ConfluentClients client = new ConfluentClients(registry.url());
        int id = client.register("s", V1);

        assertThat(client.idOf("s", V1)).isEqualTo(id);
        assertThat(client.isCompatible("s", INCOMPATIBLE)).isFalse();
        assertThat(client.isCompatible("s", V2)).isTrue();
        Exception refused = catchException(() -> client.register("s", INCOMPATIBLE));
        assertThat(ConfluentClients.codes(refused)).containsExactly(409, 409);
        assertThat(client.setLevel("s", "NONE")).isEqualTo("NONE");
        assertThat(client.level("s")).isEqualTo("NONE");
        client.register("s", INCOMPATIBLE);
        assertThat(client.versions("s")).isEqualTo(List.of(1, 2));
        assertThat(client.mode()).isEqualTo("READWRITE");
        assertThat(ConfluentClients.codes(catchException(() -> client.idOf("nobody", V1))))
                .containsExactly(404, 40401);
        assertThat(ConfluentClients.codes(catchException(() -> client.delete("s", true))))
                .containsExactly(404, 40405);
        assertThat(client.delete("s", false)).isEqualTo(List.of(1, 2));
        assertThat(client.delete("s", true)).isEqualTo(List.of(1, 2));
        assertThat(client.subjects()).isEqualTo(List.of());
    }

    @Test
    void restartedRegistryKnowsEverythingItAcknowledged() throws Exception {
        int id = register(registry, "s", V1).path("id").intValue();
        register(registry, "s", V2);
        send(registry, "PUT", "/config/s", "{\"compatibility\":\"FULL\"}");
        send(registry, "DELETE", "/subjects/s/versions/1", "");
        JsonNode before = get("/schemas?deleted=true");
        registry.close();

        registry = EmbeddedRegistry.start(config);

        assertThat(get("/schemas?deleted=true")).isEqualTo(before);
        assertThat(get("/subjects/s/versions").toString()).isEqualTo("[2]");
        assertThat(get("/config/s").toString()).isEqualTo("{\"compatibilityLevel\":\"FULL\"}");
        assertThat(get("/schemas/ids/" + id).path("schema").textValue()).isEqualTo(V1.toString());
        assertThat(register(registry, "s", V1).path("id").intValue()).isEqualTo(id);
        assertThat(get("/subjects/s/versions").toString()).isEqualTo("[2,3]");
    }

    @Test
    void twoRegistriesOnOneTopicNeverGiveAVersionTwice() throws Exception {
        int perRegistry = 8;
        try (EmbeddedRegistry other = EmbeddedRegistry.start(config);
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            send(registry, "PUT", "/config", "{\"compatibility\":\"NONE\"}");
            List<Future<Integer>> ids = new ArrayList<>();
            for (int i = 0; i < 2 * perRegistry; i++) {
                EmbeddedRegistry target = i % 2 == 0 ? registry : other;
                Schema schema = SchemaBuilder.fixed("F" + i).size(i + 1);
                ids.add(threads.submit(
                        () -> register(target, "contested", schema).path("id").intValue()));
            }
            Set<Integer> distinct = new HashSet<>();
            for (Future<Integer> id : ids) {
                distinct.add(id.get());
            }

            assertThat(distinct).hasSize(2 * perRegistry);
            JsonNode versions = get("/subjects/contested/versions");
            assertThat(versions).hasSize(2 * perRegistry);
            assertThat(versions.get(2 * perRegistry - 1).intValue()).isEqualTo(2 * perRegistry);
            for (int id : distinct) { // an id is known at once by the registry that did not give it
                assertThat(send(other, "GET", "/schemas/ids/" + id, "").statusCode())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void answersAreThoseOfTheConfluentApi() throws Exception {
        String body = body(V1);
        assertThat(get("/").toString()).isEqualTo("{}");
        assertThat(get("/schemas/types").toString()).isEqualTo("[\"AVRO\"]");
        assertThat(get("/contexts").toString()).isEqualTo("[\".\"]");
        assertThat(get("/config").toString()).isEqualTo("{\"compatibilityLevel\":\"BACKWARD\"}");
        assertThat(get("/config/").toString()).isEqualTo("{\"compatibilityLevel\":\"BACKWARD\"}");
        assertThat(get("/mode").toString()).isEqualTo("{\"mode\":\"READWRITE\"}");
        assertThat(get("/v1/metadata/id")
                        .path("scope")
                        .path("clusters")
                        .path("kafka-cluster")
                        .textValue())
                .isNotEmpty();
        assertThat(get("/v1/metadata/version").has("version")).isTrue();

        HttpResponse<String> registered = send(registry, "POST", "/subjects/s/versions?normalize=true", body);
        assertThat(registered.statusCode()).isEqualTo(200);
        assertThat(registered.headers().firstValue("Content-Type")).contains("application/vnd.schemaregistry.v1+json");
        int id = json(registered).path("id").intValue();

        JsonNode version = json(send(registry, "POST", "/subjects/s", body));
        assertThat(version.path("version").intValue()).isEqualTo(1);
        assertThat(version.path("id").intValue()).isEqualTo(id);
        assertThat(get("/subjects/s/versions/latest")).isEqualTo(version);
        assertThat(get("/subjects/s/versions/-1")).isEqualTo(version);
        assertThat(get("/subjects/s/versions/1/schema").toString()).isEqualTo(V1.toString());
        assertThat(get("/subjects/s/versions/1/referencedby").toString()).isEqualTo("[]");
        assertThat(get("/schemas/ids/" + id).path("schema").textValue()).isEqualTo(V1.toString());
        assertThat(get("/schemas/ids/" + id + "/schema").toString()).isEqualTo(V1.toString());
        assertThat(get("/schemas/ids/" + id + "/subjects").toString()).isEqualTo("[\"s\"]");
        assertThat(get("/schemas/ids/" + id + "/versions").toString()).isEqualTo("[{\"subject\":\"s\",\"version\":1}]");
        assertThat(get("/schemas").get(0)).isEqualTo(version);

        assertError(404, 40401, "GET", "/subjects/nobody/versions", "");
        assertError(404, 40401, "DELETE", "/subjects/nobody", "");
        assertError(404, 40402, "GET", "/subjects/s/versions/9", "");
        assertError(422, 42202, "GET", "/subjects/s/versions/0", "");
        assertError(422, 42202, "GET", "/subjects/s/versions/newest", "");
        assertError(404, 40403, "GET", "/schemas/ids/1", "");
        assertError(404, 40403, "POST", "/subjects/s", body(V2));
        assertError(422, 42201, "POST", "/subjects/s/versions", "{\"schema\":\"{\"}");
        assertError(422, 42201, "POST", "/subjects/s/versions", "{}");
        assertError(400, 400, "POST", "/subjects/s/versions", "schema");
        assertError(409, 409, "POST", "/subjects/s/versions", body(INCOMPATIBLE));
        assertError(404, 40408, "GET", "/config/s", "");
        assertError(422, 42203, "PUT", "/config/s", "{\"compatibility\":\"SOMETIMES\"}");
        assertError(404, 40409, "GET", "/mode/s", "");
        assertError(422, 42204, "PUT", "/mode", "{\"mode\":\"WRITEONLY\"}");
        assertError(404, 404, "GET", "/nothing/here", "");
        assertError(405, 405, "PUT", "/subjects", "{}");

        assertThat(send(registry, "PUT", "/config/s", "{\"compatibility\":\"forward\"}")
                        .body())
                .isEqualTo("{\"compatibility\":\"FORWARD\"}");
        assertThat(get("/config/t?defaultToGlobal=true").toString()).isEqualTo("{\"compatibilityLevel\":\"BACKWARD\"}");
        assertThat(send(registry, "DELETE", "/config/s", "").body()).isEqualTo("{\"compatibilityLevel\":\"FORWARD\"}");
        JsonNode verdict = json(
                send(registry, "POST", "/compatibility/subjects/s/versions/latest?verbose=true", body(INCOMPATIBLE)));
        assertThat(verdict.path("is_compatible").booleanValue()).isFalse();
        assertThat(verdict.path("messages").get(0).textValue()).contains("celsius");
        assertThat(send(registry, "POST", "/compatibility/subjects/s/versions", body(V2))
                        .body())
                .isEqualTo("{\"is_compatible\":true}");
    }

    @Test
    void topicIsCreatedCompactedWithOnePartitionAndAnUnfitOneIsRefused() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            String topic = config.kafka().topic();
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            assertThat(admin.describeConfigs(List.of(resource))
                            .all()
                            .get()
                            .values()
                            .iterator()
                            .next()
                            .get("cleanup.policy")
                            .value())
                    .isEqualTo("compact");
            admin.createTopics(List.of(new NewTopic("deletes", 1, (short) 1), new NewTopic("wide", 3, (short) 1)))
                    .all()
                    .get();
        }
        assertThatThrownBy(() -> EmbeddedRegistry.start(onTopic("deletes")).close())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cleanup.policy=delete")
                .hasMessageContaining("kafka-configs");
        assertThatThrownBy(() -> EmbeddedRegistry.start(onTopic("wide")).close())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("3 partitions");
    }

    @Test
    void healthAndMetricsAreOnTheSamePort() throws Exception {
        register(registry, "s", V1);
        await(200);

        JsonNode ready = get("/health/ready");
        assertThat(ready.path("status").textValue()).isEqualTo("up");
        assertThat(ready.path("checks").path("schemas-topic").path("detail").textValue())
                .contains("schemas");
        assertThat(send(registry, "GET", "/health/live", "").statusCode()).isEqualTo(200);
        HttpResponse<String> metrics = send(registry, "GET", "/metrics", "");
        assertThat(metrics.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain");
        assertThat(metrics.body())
                .contains("tftpdc_registry_schemas{component=\"registry\",node=\"registry-1\",site=\"local\"} 1.0")
                .contains("tftpdc_registry_requests_seconds_count{");
        assertThat(send(registry, "POST", "/tasks/gc", "").statusCode()).isEqualTo(404);
    }

    @Test
    void takenPortIsNamed() {
        assertThatThrownBy(() -> EmbeddedRegistry.start(kafka.bootstrapServers(), registry.port())
                        .close())
                .isInstanceOf(PortInUseException.class)
                .hasMessageContaining("Port " + registry.port())
                .hasMessageContaining("schema registry");
    }

    private void await(int readyStatus) throws Exception {
        for (int attempt = 0; attempt < 300; attempt++) {
            if (send(registry, "GET", "/health/ready", "").statusCode() == readyStatus) {
                return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError(send(registry, "GET", "/health/ready", "").body());
    }

    private void assertError(int status, int code, String method, String path, String body) throws Exception {
        HttpResponse<String> response = send(registry, method, path, body);
        assertThat(response.statusCode())
                .as(method + " " + path + ": " + response.body())
                .isEqualTo(status);
        assertThat(json(response).path("error_code").intValue()).isEqualTo(code);
        assertThat(json(response).path("message").textValue()).isNotEmpty();
    }

    private JsonNode register(EmbeddedRegistry target, String subject, Schema schema) throws Exception {
        HttpResponse<String> response = send(target, "POST", "/subjects/" + subject + "/versions", body(schema));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    private static String body(Schema schema) {
        return new ObjectMapper()
                .createObjectNode()
                .put("schema", schema.toString())
                .toString();
    }

    private JsonNode get(String path) throws Exception {
        HttpResponse<String> response = send(registry, "GET", path, "");
        assertThat(response.statusCode()).as(path + ": " + response.body()).isEqualTo(200);
        return json(response);
    }

    private static JsonNode json(HttpResponse<String> response) throws Exception {
        return new ObjectMapper().readTree(response.body());
    }

    private HttpResponse<String> send(EmbeddedRegistry target, String method, String path, String body)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(target.url() + path))
                .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
