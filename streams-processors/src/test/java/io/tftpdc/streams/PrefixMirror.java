package io.tftpdc.streams;

import io.tftpdc.event.SiteName;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.TopicCreator;
import io.tftpdc.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What MirrorMaker does for one direction, in a thread of the test: files' events, content and index digests of a site go
 * to the other site's topics with the site's name in front, in the same partitions. It never goes back.
 */
final class PrefixMirror implements AutoCloseable {
    private static final List<Topic<?, ?>> TOPICS = List.of(Topics.FILE_EVENTS, Topics.CONTENT, Topics.INDEX_DIGESTS);

    private final String name;
    private final KafkaConsumer<byte[], byte[]> from;
    private final KafkaProducer<byte[], byte[]> to;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private final Map<String, AtomicLong> passed = new ConcurrentHashMap<>();
    private volatile String losing = "";

    PrefixMirror(SiteName name, String source, String target) {
        this.name = name.value();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", target))) {
            List<Topic<?, ?>> mirrored = new ArrayList<>();
            TOPICS.forEach(topic -> mirrored.add(topic.mirroredFrom(name)));
            new TopicCreator(admin, (short) 1).ensure(mirrored);
        }
        this.from = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        source,
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        TOPICS.forEach(topic -> {
            for (int i = 0; i < topic.settings().partitions(); i++) {
                partitions.add(new TopicPartition(topic.name(), i));
            }
        });
        from.assign(partitions);
        from.seekToBeginning(partitions);
        this.to = new KafkaProducer<>(
                Map.of("bootstrap.servers", target, "linger.ms", 5),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        this.thread = Thread.ofPlatform().name("mirror-of-" + name).start(this::run);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what does not arrive is what the test is about
    private void run() {
        while (closing.getCount() > 0) {
            for (ConsumerRecord<byte[], byte[]> record : from.poll(Duration.ofMillis(50))) {
                passed.computeIfAbsent(record.topic(), topic -> new AtomicLong())
                        .incrementAndGet();
                if (record.topic().equals(losing)) {
                    continue;
                }
                to.send(new ProducerRecord<>(
                        name + "." + record.topic(),
                        record.partition(),
                        record.timestamp(),
                        record.key(),
                        record.value()));
            }
        }
        from.close();
        to.close();
    }

    /** Passes the records of this topic by from now on, for good; of none when empty. */
    void lose(String topic) {
        losing = topic;
    }

    /** Records of the topic that were carried over or passed by. */
    long passed(String topic) {
        AtomicLong count = passed.get(topic);
        return count == null ? 0 : count.get();
    }

    @Override
    public void close() throws InterruptedException {
        closing.countDown();
        thread.join();
    }
}
