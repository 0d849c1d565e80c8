package io.tftpdc.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.launcher.SmallTftpRead.Answer;
import io.tftpdc.launcher.StandaloneOptions.Ports;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole system as a newcomer runs it, from the assembled distribution: real processes, killed in every way that
 * there is.
 */
class StandaloneIT {

    private static final Duration SERVED_WITHIN = Duration.ofSeconds(60);
    private static final int ENOUGH_ACKNOWLEDGED = 40;
    private static final int MOST_PUBLISHED = 600;

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path data;

    private Ports ports;

    @BeforeEach
    void takeFreePorts() throws Exception {
        ports = StandaloneProcess.freePorts();
    }

    @Test
    void everyAcknowledgedPublishIsServedAfterBothProcessesWereKilled() throws Exception {
        Map<String, byte[]> acknowledged;
        try (StandaloneProcess first = StandaloneProcess.start(data, ports).awaitReady();
                Publishing publishing = new Publishing(20261123)) {
            publishing.awaitEnoughAcknowledged();

            first.kill();

            acknowledged = publishing.stop();
        }
        try (StandaloneProcess second = StandaloneProcess.start(data, ports).awaitReady()) {
            for (Map.Entry<String, byte[]> file : acknowledged.entrySet()) {
                awaitServed(file.getKey(), file.getValue());
            }
            assertThat(SmallTftpRead.read(
                            new InetSocketAddress("127.0.0.1", ports.tftp()), SeedFile.PATH, Duration.ofSeconds(10)))
                    .isInstanceOfSatisfying(Answer.Content.class, content -> assertThat(content.bytes())
                            .isEqualTo(SeedFile.CONTENT.getBytes(StandardCharsets.UTF_8)));
            second.stop();
        }
    }

    @Test
    void eitherProcessMayDieAloneAndAStopIsOrderly() throws Exception {
        try (StandaloneProcess standalone = StandaloneProcess.start(data, ports).awaitReady()) {
            ProcessHandle broker = standalone.broker();
            broker.destroyForcibly();
            publishUntilAcknowledged("after-broker.txt", "the broker came back");
            awaitServed("after-broker.txt", "the broker came back".getBytes(StandardCharsets.UTF_8));
            assertThat(standalone.broker().pid()).isNotEqualTo(broker.pid());

            ProcessHandle orphan = standalone.broker();
            standalone.killApplicationOnly();
            try (StandaloneProcess next = StandaloneProcess.start(data, ports).awaitReady()) {
                assertThat(orphan.isAlive()).isFalse();
                awaitServed("after-broker.txt", "the broker came back".getBytes(StandardCharsets.UTF_8));
                ProcessHandle last = next.broker();

                next.stop();

                assertThat(last.isAlive()).isFalse();
            }
        }
    }

    private void publishUntilAcknowledged(String path, String content) throws Exception {
        try (KafkaProducer<String, byte[]> producer = producer()) {
            producer.send(record(path, content.getBytes(StandardCharsets.UTF_8)))
                    .get();
        }
    }

    private void awaitServed(String path, byte[] expected) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + ports.edgeHttp() + "/files/" + path);
        Instant deadline = Instant.now().plus(SERVED_WITHIN);
        HttpResponse<byte[]> response = get(uri);
        while (response.statusCode() != 200 && Instant.now().isBefore(deadline)) {
            Thread.sleep(Duration.ofMillis(50));
            response = get(uri);
        }
        assertThat(response.statusCode()).as("status of %s", uri).isEqualTo(200);
        assertThat(response.body()).as("bytes of %s", uri).isEqualTo(expected);
    }

    private HttpResponse<byte[]> get(URI uri) throws Exception {
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private KafkaProducer<String, byte[]> producer() {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        "127.0.0.1:" + ports.kafka(),
                        "acks",
                        "all",
                        "delivery.timeout.ms",
                        60_000,
                        "max.block.ms",
                        60_000),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    private static ProducerRecord<String, byte[]> record(String path, byte[] content) {
        return new ProducerRecord<>("tftp.publish.default", path, content);
    }

    /** Publishes one file after the other until it is stopped, and remembers what Kafka acknowledged. */
    private final class Publishing implements AutoCloseable {
        private final KafkaProducer<String, byte[]> producer = producer();
        private final Map<String, byte[]> acknowledged = new ConcurrentHashMap<>();
        private final CountDownLatch enough = new CountDownLatch(ENOUGH_ACKNOWLEDGED);
        private final Random random;
        private final Thread thread;
        private volatile boolean stopped;

        Publishing(long seed) {
            random = new Random(seed);
            thread = Thread.ofPlatform().name("publishing").start(() -> {
                try {
                    for (int i = 0; i < MOST_PUBLISHED && !stopped; i++) {
                        publish("crash/" + i + ".bin");
                    }
                } catch (KafkaException | IllegalStateException e) {
                    // The producer was closed under our feet, which ends the publishing.
                    stopped = true;
                }
            });
        }

        private void publish(String path) {
            byte[] content = new byte[1 + random.nextInt(1 << 16)];
            random.nextBytes(content);
            // Several are on their way at any time; a bounded buffer slows us down.
            producer.send(record(path, content), (metadata, failure) -> {
                if (failure == null) {
                    acknowledged.put(path, content);
                    enough.countDown();
                }
            });
        }

        void awaitEnoughAcknowledged() throws InterruptedException {
            assertThat(enough.await(60, TimeUnit.SECONDS))
                    .as("publishes acknowledged in time")
                    .isTrue();
        }

        /** What was acknowledged, now that nothing can be acknowledged any more. */
        Map<String, byte[]> stop() throws InterruptedException {
            stopped = true;
            producer.close(Duration.ZERO);
            thread.join();
            return Map.copyOf(acknowledged);
        }

        @Override
        public void close() throws InterruptedException {
            stop();
        }
    }
}
