package io.tftpdc.client;

import io.tftpdc.topic.Topic;
import io.tftpdc.wire.SchemaIds;
import io.tftpdc.wire.SchemaRegistryUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Reads a small topic from its beginning and goes on following it, peers' mirrored copies included, handing every record
 * to a fold in memory. For topics whose whole meaning fits into memory: settings, tenants, nodes.
 *
 * <p>One thread of its own, on which the fold is called; records without a key or a value and those that cannot be decoded
 * are left out, the latter counted. After a failure it begins again from where it was, for as long as it is not closed. A
 * topic that was deleted and made anew is read from its beginning.
 */
public final class TopicFollower<K, V> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicFollower.class);
    /** How soon a peer's topic that appears is noticed. */
    private static final Duration LOOK_FOR_TOPICS = Duration.ofSeconds(10);

    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration PATIENCE_AT_CLOSE = Duration.ofSeconds(5);

    private final Topic<K, V> topic;
    private final Map<String, ?> kafka;
    private final Map<String, Object> settings;
    private final SchemaIds ids;
    private final Sink<K, V> sink;
    private final Pattern names;
    private final Duration lookForTopics;
    private final Thread thread;
    private final AtomicLong undecodable = new AtomicLong();
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    /** Which topics these are positions in. */
    private final Map<String, Uuid> topicIds = new HashMap<>();

    private volatile Status status;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile @Nullable KafkaConsumer<byte[], byte[]> reading;
    private volatile @Nullable FollowedTopics looking;

    /** Gets what is read, on the follower's thread. */
    @FunctionalInterface
    public interface Sink<K, V> {
        /**
         * @param record as Kafka has it
         * @throws IllegalArgumentException when it is no good after all, saying why
         */
        void take(ConsumerRecord<byte[], byte[]> record, K key, V value);

        /** A record cannot be decoded and is left out. */
        default void unreadable(ConsumerRecord<byte[], byte[]> record, String reason) {}

        /**
         * What one poll brought has been taken; told at least every second while Kafka can be read.
         *
         * @param caughtUp whether everything that was there at the start has been read
         */
        default void polled(boolean caughtUp) {}

        /**
         * A topic that was read is no more, and there is another one of its name; what that has is told from its beginning.
         * A fold to which it does no harm to be told something again may keep what it knows.
         *
         * @return whether everything that was folded has been dropped, so that the other topics are told again, too
         */
        default boolean madeAnew(String name) {
            return false;
        }
    }

    /**
     * How far it is.
     *
     * @param up once everything that was there at the start has been read, and while Kafka can be read
     */
    public record Status(boolean up, String detail) {}

    /** @param kafka {@code bootstrap.servers} and whatever else the cluster asks for */
    public TopicFollower(Map<String, ?> kafka, Topic<K, V> topic, SchemaIds ids, BiConsumer<K, V> fold) {
        this(kafka, topic, ids, (Sink<K, V>) (record, key, value) -> fold.accept(key, value));
    }

    /** @param kafka {@code bootstrap.servers} and whatever else the cluster asks for */
    public TopicFollower(Map<String, ?> kafka, Topic<K, V> topic, SchemaIds ids, Sink<K, V> sink) {
        this(kafka, topic, ids, sink, LOOK_FOR_TOPICS);
    }

    TopicFollower(Map<String, ?> kafka, Topic<K, V> topic, SchemaIds ids, Sink<K, V> sink, Duration lookForTopics) {
        this.lookForTopics = lookForTopics;
        this.topic = topic;
        this.kafka = Map.copyOf(kafka);
        this.ids = ids;
        this.sink = sink;
        this.names = Pattern.compile("([a-z0-9-]+\\.)?" + Pattern.quote(topic.name()));
        this.status = new Status(false, "has not begun to read " + topic.name());
        this.settings = new HashMap<>(kafka);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        this.thread =
                Thread.ofPlatform().daemon().name("follow-" + topic.name()).unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    public Status status() {
        return status;
    }

    /** Records left out because they could not be decoded. */
    public long undecodable() {
        return undecodable.get();
    }

    @Override
    public void close() {
        closing.countDown();
        KafkaConsumer<byte[], byte[]> consumer = reading;
        if (consumer != null) {
            consumer.wakeup();
        }
        FollowedTopics topics = looking;
        if (topics != null) {
            topics.close();
        }
        try {
            thread.join(PATIENCE_AT_CLOSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed()) {
            try (FollowedTopics topics = new FollowedTopics(kafka, names);
                    KafkaConsumer<byte[], byte[]> consumer =
                            new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                looking = topics;
                reading = consumer;
                follow(topics, consumer);
            } catch (WakeupException e) {
                return;
            } catch (RuntimeException e) { // of a fold, too: whoever asks for the status must see that it stands still
                if (closed()) {
                    return;
                }
                Status failed = new Status(false, "cannot read " + topic.name() + ": " + e.getMessage());
                // Once in a while is enough: Kafka may be away for days.
                LOG.atLevel(failed.equals(status) ? Level.DEBUG : Level.WARN)
                        .addKeyValue("topic", topic.name())
                        .setCause(e)
                        .log("Reading failed, beginning again");
                status = failed;
                pause();
            }
        }
    }

    private void follow(FollowedTopics topics, KafkaConsumer<byte[], byte[]> consumer) {
        long lookAgain = System.nanoTime();
        Map<TopicPartition, Long> goal = Map.of();
        boolean caughtUp = false;
        while (!closed()) {
            if (System.nanoTime() - lookAgain >= 0) {
                Map<String, TopicDescription> found = topics.look();
                boolean anew = forgetFormerTopics(found);
                boolean others = assign(consumer, found, anew);
                caughtUp = caughtUp && !anew;
                lookAgain = System.nanoTime() + lookForTopics.toNanos();
                if (others && !caughtUp) {
                    goal = consumer.endOffsets(consumer.assignment());
                }
            }
            if (consumer.assignment().isEmpty()) {
                status = new Status(false, "topic " + topic.name() + " is not there yet");
                lookAgain = System.nanoTime();
                pause();
                continue;
            }
            ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(caughtUp ? 500 : 20));
            records.forEach(this::take);
            caughtUp = caughtUp || reached(consumer, goal);
            if (caughtUp) {
                status = new Status(true, "has read " + topic.name());
            }
            sink.polled(caughtUp);
        }
    }

    /** Whether one of those that were read is another topic now. */
    private boolean forgetFormerTopics(Map<String, TopicDescription> found) {
        boolean anew = false;
        for (TopicDescription one : found.values()) {
            Uuid before = topicIds.put(one.name(), one.topicId());
            if (before == null || before.equals(one.topicId())) {
                continue;
            }
            anew = true;
            LOG.atWarn()
                    .addKeyValue("topic", one.name())
                    .addKeyValue("before", before)
                    .addKeyValue("now", one.topicId())
                    .log("A topic was made anew and is read from its beginning");
            // Before anything is dropped: nobody shall take what is not known yet for what there is not.
            status = new Status(false, "topic " + one.name() + " was made anew and is being read");
            positions.keySet().removeIf(partition -> partition.topic().equals(one.name()));
            if (sink.madeAnew(one.name())) {
                positions.clear();
            }
        }
        return anew;
    }

    /**
     * Whether the partitions are others than before.
     *
     * @param again whether positions were changed
     */
    private boolean assign(KafkaConsumer<byte[], byte[]> consumer, Map<String, TopicDescription> found, boolean again) {
        Set<TopicPartition> wanted = new HashSet<>();
        for (TopicDescription one : found.values()) {
            one.partitions().forEach(partition -> wanted.add(new TopicPartition(one.name(), partition.partition())));
        }
        if (wanted.equals(consumer.assignment()) && !again) {
            return false;
        }
        List<TopicPartition> added = new ArrayList<>(wanted);
        if (again) {
            consumer.assign(List.of()); // or it would hand over what it has fetched already
        }
        added.removeAll(consumer.assignment());
        consumer.assign(wanted);
        for (TopicPartition partition : added) {
            Long position = positions.putIfAbsent(partition, 0L);
            if (position == null) {
                consumer.seekToBeginning(List.of(partition));
            } else {
                consumer.seek(partition, position);
            }
        }
        return true;
    }

    private static boolean reached(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> goal) {
        return goal.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        try {
            if (record.key() != null && record.value() != null) {
                sink.take(
                        record,
                        topic.keySerde(ids).deserializer().deserialize(topic.name(), record.key()),
                        topic.valueSerde(ids).deserializer().deserialize(topic.name(), record.value()));
            }
        } catch (SchemaRegistryUnavailableException e) {
            throw e; // not the record's fault: it is read again
        } catch (SerializationException e) {
            leaveOut(record, e);
        } catch (KafkaException e) {
            throw e; // nor here
        } catch (RuntimeException e) {
            leaveOut(record, e); // whatever it is about the record, those after it have to be read
        }
        positions.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
    }

    private void leaveOut(ConsumerRecord<byte[], byte[]> record, RuntimeException problem) {
        undecodable.incrementAndGet();
        LOG.atWarn()
                .addKeyValue("topic", record.topic())
                .addKeyValue("partition", record.partition())
                .addKeyValue("offset", record.offset())
                .setCause(problem)
                .log("A record cannot be decoded and is left out");
        sink.unreadable(record, String.valueOf(problem.getMessage()));
    }

    private boolean closed() {
        return closing.getCount() == 0;
    }

    private void pause() {
        try {
            if (closing.await(PAUSE_AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.atDebug().addKeyValue("topic", topic.name()).log("No longer following");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
