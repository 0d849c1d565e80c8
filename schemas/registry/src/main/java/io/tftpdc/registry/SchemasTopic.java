package io.tftpdc.registry;

import io.tftpdc.runtime.HealthCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a {@link SubjectStore} that follows the topic, and writes decisions to it. Several registries may share a topic.
 *
 * <p><b>Reading.</b> One thread consumes the only partition from the beginning ({@code read_committed}), folds each batch
 * and publishes the new image; everybody else reads {@link #store()} without waiting.
 *
 * <p><b>Writing.</b> A decision is right only for the image it was made from. So a writer first makes itself the only
 * one: all registries use one transactional id, and {@code initTransactions} fences whoever wrote before. Then it reads
 * up to the end of the topic, decides, and commits. A commit that succeeds proves that nobody else wrote in between;
 * one that fails is decided anew. While no other registry writes, a writer stays the only one and skips the first two
 * steps. A write is answered when its records came back through the reading thread.
 *
 * <p>Kafka being away fails writes with an error after the write timeout; reads go on from memory.
 */
final class SchemasTopic implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SchemasTopic.class);
    private static final Duration PROBE_INTERVAL = Duration.ofSeconds(5);
    private static final Duration RETRY_PAUSE = Duration.ofMillis(500);

    private final RegistryConfig.Kafka config;
    private final String clusterId;
    private final TopicPartition partition;
    private final Admin admin;
    private final Consumer<byte[], byte[]> consumer;
    private final Thread follower;

    private volatile SubjectStore store = SubjectStore.EMPTY;
    private volatile HealthCheck.Status reading = HealthCheck.Status.down("not started");
    private volatile boolean closing;

    private final ReentrantLock progress = new ReentrantLock();
    private final Condition advanced = progress.newCondition();
    /** Offset of the next record to fold; guarded by {@link #progress}. */
    private long position;

    /** Held while deciding and writing, so that writes of this process queue up. */
    private final ReentrantLock writing = new ReentrantLock(true);
    /** Present while we believe to be the only writer; guarded by {@link #writing}. */
    private @Nullable Producer<byte[], byte[]> producer;

    private SchemasTopic(RegistryConfig.Kafka config, Admin admin, String clusterId) {
        this.config = config;
        this.clusterId = clusterId;
        this.admin = admin;
        this.partition = new TopicPartition(config.topic(), 0);
        Map<String, Object> settings = config.clientSettings();
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 500);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "tftpdc-registry-reader");
        this.consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.follower = new Thread(this::follow, "registry-follower");
        follower.setDaemon(true);
    }

    /**
     * Creates the topic if it is not there, and returns when everything in it has been folded.
     *
     * @throws IllegalStateException if the topic cannot be used or Kafka does not answer in time; says what to do
     */
    static SchemasTopic open(RegistryConfig.Kafka config) {
        Map<String, Object> settings = config.clientSettings();
        settings.put("client.id", "tftpdc-registry-admin");
        Admin admin = Admin.create(settings);
        SchemasTopic topic = null;
        try {
            long deadline = System.nanoTime() + config.startTimeout().toNanos();
            ensureTopic(admin, config, deadline);
            String clusterId = admin.describeCluster().clusterId().get(left(deadline), TimeUnit.NANOSECONDS);
            topic = new SchemasTopic(config, admin, clusterId);
            topic.follower.start();
            topic.awaitPosition(topic.endOffset(deadline), deadline);
            topic.reading = topic.upToDate(0);
            return topic;
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            close(topic, admin);
            throw new IllegalStateException(
                    "The registry cannot use topic " + config.topic() + " at " + config.bootstrapServers() + " within "
                            + config.startTimeout() + ": " + rootMessage(e)
                            + ". Check that Kafka runs there, or correct kafka.bootstrap-servers",
                    e);
        } catch (InterruptedException e) {
            close(topic, admin);
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while opening topic " + config.topic(), e);
        } catch (IllegalStateException e) {
            close(topic, admin);
            throw e;
        }
    }

    private static void close(@Nullable SchemasTopic topic, Admin admin) {
        if (topic == null) {
            admin.close(Duration.ofSeconds(1));
        } else {
            topic.close();
        }
    }

    private static void ensureTopic(Admin admin, RegistryConfig.Kafka config, long deadline)
            throws ExecutionException, InterruptedException, TimeoutException {
        try {
            checkTopic(admin, config, deadline);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw e;
            }
            createTopic(admin, config, deadline);
            checkTopic(admin, config, deadline);
        }
    }

    private static void createTopic(Admin admin, RegistryConfig.Kafka config, long deadline)
            throws ExecutionException, InterruptedException, TimeoutException {
        int brokers = admin.describeCluster()
                .nodes()
                .get(left(deadline), TimeUnit.NANOSECONDS)
                .size();
        int replicas = Math.min(config.replicas(), brokers);
        NewTopic topic = new NewTopic(config.topic(), 1, (short) replicas)
                .configs(Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_COMPACT,
                        TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                        replicas >= 3 ? "2" : "1"));
        try {
            admin.createTopics(List.of(topic)).all().get(left(deadline), TimeUnit.NANOSECONDS);
            LOG.atInfo()
                    .addKeyValue("topic", config.topic())
                    .addKeyValue("replicas", replicas)
                    .log("Created the topic for schemas");
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) { // another registry was faster
                throw e;
            }
        }
        for (int attempt = 0; attempt < 100; attempt++) { // the answer may come before every broker knows
            try {
                checkTopic(admin, config, deadline);
                return;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
                Thread.sleep(50);
            }
        }
    }

    private static void checkTopic(Admin admin, RegistryConfig.Kafka config, long deadline)
            throws ExecutionException, InterruptedException, TimeoutException {
        String topic = config.topic();
        int partitions = admin.describeTopics(List.of(topic))
                .allTopicNames()
                .get(left(deadline), TimeUnit.NANOSECONDS)
                .values()
                .iterator()
                .next()
                .partitions()
                .size();
        if (partitions != 1) {
            throw new IllegalStateException("Topic " + topic + " has " + partitions + " partitions; the registry needs"
                    + " exactly one. Configure another name as kafka.topic");
        }
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config settings = admin.describeConfigs(List.of(resource))
                .all()
                .get(left(deadline), TimeUnit.NANOSECONDS)
                .values()
                .iterator()
                .next();
        String policy = settings.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
        if (!TopicConfig.CLEANUP_POLICY_COMPACT.equals(policy)) {
            throw new IllegalStateException("Topic " + topic + " has cleanup.policy=" + policy + ", which would lose"
                    + " schemas; set it to compact: kafka-configs --alter --topic " + topic
                    + " --add-config cleanup.policy=compact");
        }
    }

    /** The image of everything folded so far; any thread, without waiting. */
    SubjectStore store() {
        return store;
    }

    /**
     * The image of everything that was in the topic when this was called: for a schema that another registry may have
     * accepted a moment ago. Waits at most {@code timeout}; if Kafka does not answer, what is known is the answer.
     */
    SubjectStore freshStore(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            awaitPosition(endOffset(deadline), deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            LOG.atDebug().setCause(e).log("Could not look for newer schemas");
        }
        return store;
    }

    /** Whether the topic can be read at present. */
    HealthCheck.Status status() {
        return reading;
    }

    /** Whether the thread that reads is there; without it only a restart helps. */
    HealthCheck.Status follower() {
        return follower.isAlive()
                ? HealthCheck.Status.up("following " + config.topic())
                : HealthCheck.Status.down("the reading thread has ended; see the log");
    }

    /** The id of the Kafka cluster, as seen at start. */
    String clusterId() {
        return clusterId;
    }

    // ---- reading

    private void follow() {
        try (consumer) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long nextProbe = System.nanoTime();
            while (!closing) {
                try {
                    fold(consumer.poll(Duration.ofMillis(500)));
                    if (System.nanoTime() >= nextProbe) {
                        probe();
                        nextProbe = System.nanoTime() + PROBE_INTERVAL.toNanos();
                    }
                } catch (WakeupException e) {
                    // closing
                } catch (KafkaException e) {
                    reading = HealthCheck.Status.down("cannot read topic " + config.topic() + ": " + rootMessage(e));
                    LOG.atWarn()
                            .addKeyValue("topic", config.topic())
                            .setCause(e)
                            .log("Reading failed, trying again");
                    pause();
                }
            }
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("topic", config.topic()).setCause(e).log("The registry stopped reading");
        }
    }

    private void fold(ConsumerRecords<byte[], byte[]> polled) {
        List<RegistryRecord> records = new ArrayList<>(polled.count());
        for (ConsumerRecord<byte[], byte[]> record : polled) {
            RegistryRecord decoded = RegistryRecordCodec.decode(record.key(), record.value());
            if (decoded instanceof RegistryRecord.Unknown unknown) {
                LOG.atWarn()
                        .addKeyValue("topic", record.topic())
                        .addKeyValue("offset", record.offset())
                        .addKeyValue("reason", unknown.why())
                        .log("Ignored a record that is not a registry's");
            }
            records.add(decoded);
        }
        store = store.with(records);
        progress.lock();
        try {
            long now = consumer.position(partition);
            if (now != position) {
                position = now;
                advanced.signalAll();
            }
        } finally {
            progress.unlock();
        }
    }

    private void probe() {
        long end =
                consumer.endOffsets(List.of(partition), Duration.ofSeconds(3)).getOrDefault(partition, 0L);
        long behind = Math.max(0, end - consumer.position(partition));
        reading = upToDate(behind);
    }

    private HealthCheck.Status upToDate(long behind) {
        return HealthCheck.Status.up(
                store.schemaCount() + " schemas; " + behind + " records of " + config.topic() + " to be read");
    }

    private static void pause() {
        try {
            Thread.sleep(RETRY_PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitPosition(long offset, long deadline) throws InterruptedException, TimeoutException {
        progress.lock();
        try {
            while (position < offset) {
                if (advanced.awaitNanos(left(deadline)) <= 0 || !follower.isAlive()) {
                    throw new TimeoutException("read up to offset " + position + " of " + offset + " only");
                }
            }
        } finally {
            progress.unlock();
        }
    }

    private long endOffset(long deadline) throws ExecutionException, InterruptedException, TimeoutException {
        return admin.listOffsets(
                        Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .partitionResult(partition)
                .get(left(deadline), TimeUnit.NANOSECONDS)
                .offset();
    }

    // ---- writing

    /**
     * Decides on the newest image and makes it so; see the class comment. Blocks up to the write timeout.
     *
     * @param rule pure; called again with a newer image when another registry wrote in between
     * @return the answer of the accepted decision
     * @throws RegistryException if the decision is a refusal, or Kafka does not answer in time
     */
    <T> T write(Function<SubjectStore, Decision<T>> rule) {
        if (rule.apply(store) instanceof Decision.Accepted<T> accepted
                && accepted.records().isEmpty()) {
            return accepted.answer(); // the common case: a producer starts and its schema is there
        }
        long deadline = System.nanoTime() + config.writeTimeout().toNanos();
        try {
            if (!writing.tryLock(left(deadline), TimeUnit.NANOSECONDS)) {
                throw new RegistryException(RegistryError.storeTimedOut("too many writes are waiting; try again"));
            }
            try {
                return writeLocked(rule, deadline);
            } finally {
                writing.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryException(RegistryError.storeFailed("the registry is stopping"), e);
        }
    }

    private <T> T writeLocked(Function<SubjectStore, Decision<T>> rule, long deadline) throws InterruptedException {
        while (true) {
            try {
                Producer<byte[], byte[]> sole = becomeSoleWriter(deadline);
                Decision<T> decision = rule.apply(store);
                if (decision instanceof Decision.Refused) { // we may have been overtaken without knowing it yet
                    awaitPosition(endOffset(deadline), deadline);
                    decision = rule.apply(store);
                }
                if (decision instanceof Decision.Accepted<T> accepted
                        && !accepted.records().isEmpty()) {
                    long last = commit(sole, accepted.records());
                    awaitPosition(last + 1, deadline);
                }
                return Api.answer(decision);
            } catch (KafkaException | ExecutionException e) {
                dropProducer();
                if (closing || left(deadline) <= 1) {
                    throw new RegistryException(RegistryError.storeFailed(rootMessage(e)), e);
                }
                LOG.atInfo()
                        .addKeyValue("reason", rootMessage(e))
                        .log("Writing failed or was overtaken, deciding anew");
                Thread.sleep(Math.min(50, TimeUnit.NANOSECONDS.toMillis(left(deadline))));
            } catch (TimeoutException e) {
                dropProducer();
                throw new RegistryException(RegistryError.storeTimedOut(rootMessage(e)), e);
            }
        }
    }

    private Producer<byte[], byte[]> becomeSoleWriter(long deadline)
            throws ExecutionException, InterruptedException, TimeoutException {
        Producer<byte[], byte[]> current = producer;
        if (current != null) {
            return current;
        }
        int millis = Math.toIntExact(config.writeTimeout().toMillis());
        Map<String, Object> settings = config.clientSettings();
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, "tftpdc-registry-writer");
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "tftpdc-registry-" + config.topic());
        settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 10_000);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, millis);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.min(5000, millis));
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, millis);
        Producer<byte[], byte[]> fresh =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        producer = fresh;
        fresh.initTransactions();
        awaitPosition(endOffset(deadline), deadline);
        return fresh;
    }

    private long commit(Producer<byte[], byte[]> sole, List<RegistryRecord> records)
            throws ExecutionException, InterruptedException {
        sole.beginTransaction();
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (RegistryRecord record : records) {
            sent.add(sole.send(new ProducerRecord<>(
                    config.topic(),
                    0,
                    RegistryRecordCodec.key(record),
                    RegistryRecordCodec.value(record).orElse(null))));
        }
        sole.commitTransaction();
        return sent.getLast().get().offset();
    }

    private void dropProducer() {
        Producer<byte[], byte[]> dropped = producer;
        producer = null;
        if (dropped != null) {
            dropped.close(Duration.ZERO);
        }
    }

    @Override
    public void close() {
        closing = true;
        consumer.wakeup();
        try {
            follower.join(5000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        boolean idle = false;
        try {
            idle = writing.tryLock(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            dropProducer(); // ends a write that is still waiting, too
        } finally {
            if (idle) {
                writing.unlock();
            }
        }
        admin.close(Duration.ofSeconds(1));
    }

    private static long left(long deadline) {
        return Math.max(1, deadline - System.nanoTime());
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }
}
