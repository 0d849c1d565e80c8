package io.tftpdc.launcher;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Publishes a first file on the first start, as anybody would: one record to the publish topic. */
final class SeedFile implements Component {

    static final String PATH = "hello.txt";
    static final String CONTENT = "Hello from the Simple TFTP Daemon, Datacenter Version.\n";

    private static final int ACKNOWLEDGED_WITHIN_SECONDS = 30;

    private final String bootstrapServers;
    private final Path done;
    private boolean published;

    SeedFile(String bootstrapServers, Path dataDirectory) {
        this.bootstrapServers = bootstrapServers;
        this.done = dataDirectory.resolve("seeded");
    }

    @Override
    public String name() {
        return "seed";
    }

    @Override
    public String detail() {
        return published ? "published " + PATH : "published at an earlier start";
    }

    /** Whether this start was the one that published it. */
    boolean publishedNow() {
        return published;
    }

    @Override
    public void start() throws IOException, InterruptedException, ExecutionException, TimeoutException {
        if (Files.exists(done)) {
            return;
        }
        Map<String, Object> config = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ProducerConfig.CLIENT_ID_CONFIG,
                "tftpdc-seed");
        try (KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("tftp.publish.default", PATH, CONTENT.getBytes(StandardCharsets.UTF_8)))
                    .get(ACKNOWLEDGED_WITHIN_SECONDS, TimeUnit.SECONDS);
        }
        Files.writeString(done, PATH + "\n");
        published = true;
    }

    @Override
    public void close() {}
}
