package io.tftpdc.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tftpdc.edge.EdgeNode;
import io.tftpdc.edge.config.EdgeConfig;
import io.tftpdc.launcher.SmallTftpRead.Answer;
import io.tftpdc.registry.EmbeddedRegistry;
import io.tftpdc.streams.ProcessorsConfig;
import io.tftpdc.streams.StreamsProcessors;
import io.tftpdc.wire.SchemaRegistryClient;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.AppInfoParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;

/**
 * A record published to Kafka is served over TFTP, on the broker that the standalone brings and on the image that the
 * Compose files name. {@code -Dkafka.it=docker} insists on the image, {@code embedded} leaves it out.
 */
class SiteOnAnyKafkaIT {

    private static final Duration SERVED_WITHIN = Duration.ofSeconds(60);
    private static final String HOST = Addresses.LOOPBACK;

    @TempDir
    private Path directory;

    @Test
    void onTheBrokerOfTheStandalone() throws Exception {
        Distribution distribution = new Distribution(Path.of("target", "tftpdc").toAbsolutePath());
        BrokerProcess broker = new BrokerProcess(new BrokerProcess.Settings(
                Path.of(System.getProperty("java.home")),
                distribution.brokerLibraries(),
                distribution.brokerClassPath(),
                directory.resolve("kafka"),
                HOST,
                0,
                HOST,
                0,
                List.of(),
                directory.resolve("broker.log"),
                distribution.archive("broker")));
        try {
            broker.start();
            whatIsPublishedIsServed(broker.bootstrapServers());
        } finally {
            broker.close();
        }
    }

    @Test
    void onApachesImage() throws Exception {
        String wanted = System.getProperty("kafka.it", "auto");
        assumeTrue(!wanted.equals("embedded"), "-Dkafka.it=embedded");
        boolean there = isDockerThere();
        assumeTrue(there || wanted.equals("docker"), "no Docker here");
        assertThat(there).as("Docker, which -Dkafka.it=docker asks for").isTrue();
        try (KafkaContainer kafka = new KafkaContainer("apache/kafka:" + AppInfoParser.getVersion())
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")) {
            kafka.start();
            whatIsPublishedIsServed(kafka.getBootstrapServers());
        }
    }

    private void whatIsPublishedIsServed(String bootstrapServers) throws Exception {
        new TopicsComponent(bootstrapServers).start();
        int registryPort = Addresses.freePort();
        int tftpPort = Addresses.freePort();
        URI registryUrl = URI.create("http://" + Addresses.hostPort(HOST, registryPort));
        ProcessorsConfig streams = ProcessorsConfig.of(
                "dc1", bootstrapServers, Addresses.freePort(), registryUrl, directory.resolve("streams"));
        EdgeConfig edge = EdgeConfig.of("dc1", bootstrapServers, registryUrl, directory.resolve("edge"))
                .listeningOn(Optional.of(HOST), tftpPort, Addresses.freePort());
        byte[] file = new byte[500];
        new Random(20261126).nextBytes(file);

        try (EmbeddedRegistry registry = EmbeddedRegistry.start(bootstrapServers, HOST, registryPort);
                SchemaRegistryClient schemas = SchemaRegistryClient.connect(registryUrl.toString());
                StreamsProcessors processors = StreamsProcessors.start(streams, schemas);
                EdgeNode node = EdgeNode.start(edge, schemas)) {
            try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", bootstrapServers), new StringSerializer(), new ByteArraySerializer())) {
                producer.send(new ProducerRecord<>("tftp.publish.default", "boot/x.bin", file))
                        .get();
            }
            awaitServed(new InetSocketAddress(HOST, tftpPort), "boot/x.bin", file);
            assertThat(List.of(registry, processors, node)).doesNotContainNull();
        }
    }

    private static void awaitServed(InetSocketAddress tftp, String path, byte[] expected) throws Exception {
        Instant deadline = Instant.now().plus(SERVED_WITHIN);
        Answer answer = SmallTftpRead.read(tftp, path, Duration.ofSeconds(2));
        while (!(answer instanceof Answer.Content content && Arrays.equals(content.bytes(), expected))) {
            assertThat(Instant.now()).as("%s: %s", path, answer).isBefore(deadline);
            Thread.sleep(Duration.ofMillis(50));
            answer = SmallTftpRead.read(tftp, path, Duration.ofSeconds(2));
        }
    }

    private static boolean isDockerThere() {
        try {
            return DockerClientFactory.instance().isDockerAvailable();
        } catch (RuntimeException | LinkageError e) {
            return false;
        }
    }
}
