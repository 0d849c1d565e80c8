package io.tftpdc.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.registry.EmbeddedRegistry;
import io.tftpdc.wire.SchemaRegistryClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A transaction that nobody ends, in the place where it hurts most: the changelog that a store is restored from. */
class OpenTransactionsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String CHANGELOG = "tftp.publish-intake-intake-clock-changelog";

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void readinessNamesTheTransactionThatAStartWaitsFor() throws Exception {
        try (TestSite site = new TestSite(directory.resolve("kafka"));
                EmbeddedRegistry registry = EmbeddedRegistry.start(site.kafka().bootstrapServers(), 0);
                SchemaRegistryClient ids = SchemaRegistryClient.connect(registry.url());
                KafkaProducer<byte[], byte[]> stranger = new KafkaProducer<>(
                        Map.of("bootstrap.servers", site.kafka().bootstrapServers(), "transactional.id", "stranger"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            ProcessorsConfig config = ProcessorsConfig.of(
                    "dc1", site.kafka().bootstrapServers(), 0, URI.create(registry.url()), directory.resolve("state"));
            try (StreamsProcessors first = StreamsProcessors.start(config, ids)) {
                TestSite.await("the first start", PATIENCE, () -> ready(first).statusCode() == 200);
            }
            stranger.initTransactions();
            stranger.beginTransaction();
            stranger.send(new ProducerRecord<>(CHANGELOG, 0, new byte[1], new byte[1]));
            stranger.flush();

            try (StreamsProcessors second = StreamsProcessors.start(config, ids)) {
                TestSite.await("the reason", PATIENCE, () -> ready(second)
                        .body()
                        .contains("transaction that is open in " + CHANGELOG + "-0 from"));
                assertThat(ready(second).body())
                        .contains("the application is REBALANCING; it waits for the end of a transaction");
                assertThat(ready(second).statusCode()).isEqualTo(503);

                stranger.abortTransaction();

                TestSite.await("readiness", PATIENCE, () -> ready(second).statusCode() == 200);
            }
        }
    }

    private HttpResponse<String> ready(StreamsProcessors processors) {
        try {
            URI uri = URI.create("http://127.0.0.1:" + processors.port() + "/health/ready");
            return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
