package io.tftpdc.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tftpdc.edge.EdgeNode;
import io.tftpdc.edge.config.EdgeConfig;
import io.tftpdc.event.SiteName;
import io.tftpdc.launcher.SmallTftpRead.Answer;
import io.tftpdc.launcher.StandaloneOptions.Peer;
import io.tftpdc.registry.EmbeddedRegistry;
import io.tftpdc.streams.ProcessorsConfig;
import io.tftpdc.streams.StreamsProcessors;
import io.tftpdc.wire.SchemaRegistryClient;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.AppInfoParser;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;

/**
 * Two sites with a mirror each: what records publish and remove at either is served by both, and their edges' digests are
 * equal; on the broker that the standalone brings and on the image that the Compose files name. {@code -Dkafka.it=docker}
 * insists on the image, {@code embedded} leaves it out.
 */
class SitesOnAnyKafkaIT {

    private static final Duration SERVED_WITHIN = Duration.ofSeconds(90);
    private static final String HOST = Addresses.LOOPBACK;
    private static final SiteName DC1 = new SiteName("dc1");
    private static final SiteName DC2 = new SiteName("dc2");
    private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));

    @TempDir
    private Path directory;

    private final Distribution distribution =
            new Distribution(Path.of("target", "tftpdc").toAbsolutePath());

    @Test
    void onTheBrokerOfTheStandalone() throws Exception {
        BrokerProcess one = broker("dc1");
        BrokerProcess two = broker("dc2");
        try {
            one.start();
            two.start();
            whatIsPublishedIsServedEverywhere(one.bootstrapServers(), two.bootstrapServers());
        } finally {
            one.close();
            two.close();
        }
    }

    @Test
    void onApachesImage() throws Exception {
        String wanted = System.getProperty("kafka.it", "auto");
        assumeTrue(!wanted.equals("embedded"), "-Dkafka.it=embedded");
        boolean there = isDockerThere();
        assumeTrue(there || wanted.equals("docker"), "no Docker here");
        assertThat(there).as("Docker, which -Dkafka.it=docker asks for").isTrue();
        try (KafkaContainer one = container();
                KafkaContainer two = container()) {
            one.start();
            two.start();
            whatIsPublishedIsServedEverywhere(one.getBootstrapServers(), two.getBootstrapServers());
        }
    }

    private BrokerProcess broker(String site) throws LaunchException {
        return new BrokerProcess(new BrokerProcess.Settings(
                JAVA_HOME,
                distribution.brokerLibraries(),
                distribution.brokerClassPath(),
                directory.resolve(site + "-kafka"),
                HOST,
                0,
                HOST,
                0,
                List.of(),
                directory.resolve(site + "-broker.log"),
                distribution.archive("broker")));
    }

    private static KafkaContainer container() {
        return new KafkaContainer("apache/kafka:" + AppInfoParser.getVersion())
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false");
    }

    private static boolean isDockerThere() {
        try {
            return DockerClientFactory.instance().isDockerAvailable();
        } catch (RuntimeException | LinkageError e) {
            return false;
        }
    }

    private void whatIsPublishedIsServedEverywhere(String kafka1, String kafka2) throws Exception {
        byte[] first = random(500, 1);
        byte[] second = random(400, 2);
        try (Site dc1 = new Site(DC1, kafka1);
                Site dc2 = new Site(DC2, kafka2)) {
            dc1.mirror(DC2, kafka2);
            dc2.mirror(DC1, kafka1);

            dc1.publish("boot/first.bin", first);
            dc2.publish("boot/second.bin", second);
            for (Site site : List.of(dc1, dc2)) {
                site.awaitServed("boot/first.bin", first);
                site.awaitServed("boot/second.bin", second);
            }

            dc2.publish("boot/first.bin", null);
            dc1.awaitAbsent("boot/first.bin");
            dc2.awaitAbsent("boot/first.bin");
            await().atMost(SERVED_WITHIN)
                    .untilAsserted(() -> assertThat(dc1.digest()).isNotEmpty().isEqualTo(dc2.digest()));
        }
    }

    private static byte[] random(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** All of a site but its broker. */
    private final class Site implements AutoCloseable {
        private static final ObjectMapper JSON = new ObjectMapper();

        private final SiteName name;
        private final String bootstrapServers;
        private final Deque<AutoCloseable> parts = new ArrayDeque<>();
        private final EdgeNode edge;

        Site(SiteName name, String bootstrapServers) throws Exception {
            this.name = name;
            this.bootstrapServers = bootstrapServers;
            try {
                this.edge = open();
            } catch (Exception failure) {
                close();
                throw failure;
            }
        }

        private EdgeNode open() throws Exception {
            new TopicsComponent(bootstrapServers).start();
            EmbeddedRegistry registry = keep(EmbeddedRegistry.start(bootstrapServers, HOST, 0));
            URI registryUrl = URI.create(registry.url());
            SchemaRegistryClient schemas = keep(SchemaRegistryClient.connect(registryUrl.toString()));
            keep(StreamsProcessors.start(
                    ProcessorsConfig.of(
                            name.value(), bootstrapServers, 0, registryUrl, directory.resolve(name + "-streams")),
                    schemas));
            EdgeConfig config =
                    EdgeConfig.of(name.value(), bootstrapServers, registryUrl, directory.resolve(name + "-edge"));
            return keep(EdgeNode.start(config.listeningOn(Optional.of(HOST), 0, 0), schemas));
        }

        private <T extends AutoCloseable> T keep(T part) {
            parts.push(part);
            return part;
        }

        /** Pulls from a peer; returns when the process runs. */
        void mirror(SiteName peer, String kafkaOfPeer) throws Exception {
            int port = Integer.parseInt(kafkaOfPeer.substring(kafkaOfPeer.lastIndexOf(':') + 1));
            MirrorProcess mirror = new MirrorProcess(new MirrorProcess.Settings(
                    JAVA_HOME,
                    distribution.mirrorLibraries(),
                    distribution.mirrorClassPath(),
                    directory.resolve(name + "-mirror.yaml"),
                    name,
                    bootstrapServers,
                    List.of(new Peer(peer, 0, 0, port)),
                    HOST,
                    Addresses.freePort(),
                    distribution.archive("mirror")));
            parts.push(mirror::close);
            mirror.start();
        }

        /** @param bytes null removes the file */
        void publish(String path, byte @Nullable [] bytes) throws Exception {
            try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", bootstrapServers), new StringSerializer(), new ByteArraySerializer())) {
                producer.send(new ProducerRecord<>("tftp.publish.default", path, bytes))
                        .get();
            }
        }

        void awaitServed(String path, byte[] expected) {
            await().atMost(SERVED_WITHIN).untilAsserted(() -> assertThat(read(path))
                    .isInstanceOfSatisfying(Answer.Content.class, content -> assertThat(content.bytes())
                            .isEqualTo(expected)));
        }

        void awaitAbsent(String path) {
            await().atMost(SERVED_WITHIN)
                    .untilAsserted(() -> assertThat(read(path)).isEqualTo(new Answer.Absent()));
        }

        private Answer read(String path) throws Exception {
            return SmallTftpRead.read(edge.tftpAddresses().getFirst(), path, Duration.ofSeconds(2));
        }

        String digest() throws Exception {
            JsonNode status = JSON.readTree(edge.status());
            return status.at("/index/digests/default").asText();
        }

        @Override
        public void close() throws Exception {
            while (!parts.isEmpty()) {
                parts.pop().close();
            }
        }
    }
}
