package io.tftpdc.edge.index;

import io.micrometer.core.instrument.Counter;
import io.tftpdc.edge.index.RecordReader.Read;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaIds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The thread that carries records from Kafka into the {@link IndexStore}: one consumer with {@code assign}, no group,
 * offsets in the store.
 *
 * <p>It works in sessions. A session compares the topics' ids with the remembered ones (another id is another topic:
 * the copy starts over), seeks to the stored offsets and follows. Whatever goes wrong ends the session, and the next
 * one starts from what was stored last; so nothing is lost and nothing needs mending in place.
 *
 * <p>Told to {@link #follow} another cluster, it goes on there with the next session, from where it stopped in that cluster.
 *
 * <p>A topic that was made anew is filled by the streams processors, which takes them as long as it takes; it is read as
 * it is filled, so having reached its end says nothing. What a former topic knew is therefore served until the new one
 * has confirmed none of it for a while.
 */
final class KafkaReplica implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaReplica.class);

    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration RETRY = Duration.ofMillis(500);
    /** How often Kafka is asked where its partitions end. */
    private static final long CHECK_MILLIS = 1_000;
    /** So many answers in a row must say that a topic ends before our position. */
    private static final int ANSWERS_BEFORE_CUT = 5;
    /** How often the last known completeness is written down, for the next start. */
    private static final long REMEMBER_MILLIS = 10_000;

    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration POLL_BEFORE_COMPLETE = Duration.ofMillis(20);
    private static final int MAX_RECORDS = 20_000;
    private static final int SLICE = 2_000;

    private static final List<String> TOPICS = List.of(Topics.FILE_INDEX.name(), Topics.CONTENT_LOCATIONS.name());

    private final IndexStore store;
    private final SchemaIds ownIds;
    private RecordReader reader;
    private final LongSupplier wallMillis;
    private final long keepFormerMillis;
    private final List<IndexListener> listeners;
    private final List<Consumer<KafkaCluster>> switches = new CopyOnWriteArrayList<>();
    private volatile KafkaCluster cluster;
    /** What the session that runs follows; a switch takes effect when it ends. */
    private volatile KafkaCluster followed;

    private final Freshness freshness;
    private final Thread thread = new Thread(this::run, "index-replica");
    private final CountDownLatch stopping = new CountDownLatch(1);

    private volatile Progress progress;
    private long rememberedAt;
    /** When the topic that is followed now last confirmed an entry of a former one; in doubt, now. */
    private long formerConfirmedAt;

    private boolean undecodableLogged;
    private @Nullable Counter recordCounter;
    private @Nullable Counter undecodableCounter;
    private @Nullable Counter failureCounter;

    /** What others may know of this thread's work; replaced as a whole. */
    record Progress(
            Map<TopicPartition, Long> positions,
            Map<TopicPartition, Long> ends,
            boolean reachable,
            OptionalLong completeAsOf,
            long undecodable,
            String problem) {}

    KafkaReplica(
            IndexStore store,
            KafkaCluster cluster,
            LongSupplier wallMillis,
            Duration keepFormer,
            List<IndexListener> listeners) {
        this.store = store;
        this.cluster = cluster;
        this.followed = cluster;
        this.ownIds = cluster.ids();
        this.reader = readerOf(cluster);
        this.wallMillis = wallMillis;
        this.keepFormerMillis = keepFormer.toMillis();
        this.formerConfirmedAt = wallMillis.getAsLong();
        this.listeners = listeners;
        this.freshness = new Freshness(store.completeAsOf());
        this.progress = new Progress(Map.of(), Map.of(), false, freshness.completeAsOf(), 0, "Kafka was not asked yet");
    }

    /** Call before {@link #start}. */
    void meters(Counter records, Counter undecodable, Counter failures) {
        recordCounter = records;
        undecodableCounter = undecodable;
        failureCounter = failures;
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    boolean isAlive() {
        return thread.isAlive();
    }

    Progress progress() {
        return progress;
    }

    /** Told on the replica's thread, before anything of the new cluster can be read. Call before {@link #start}. */
    void whenSwitched(Consumer<KafkaCluster> listener) {
        switches.add(listener);
    }

    /** Another cluster, from the end of what is being done on. Any thread. */
    void follow(KafkaCluster another) {
        cluster = another;
    }

    KafkaCluster followed() {
        return followed;
    }

    private void switchIfToldSo() {
        KafkaCluster next = cluster;
        if (next != followed) {
            freshness.abandon();
            store.follow(next.peer().map(SiteName::value).orElse(""));
            followed = next;
            reader = readerOf(next);
            formerConfirmedAt = wallMillis.getAsLong(); // it could confirm nothing while another one was followed
            Progress last = progress;
            progress = new Progress(
                    Map.of(), Map.of(), false, freshness.completeAsOf(), last.undecodable(), "Kafka was not asked yet");
            switches.forEach(listener -> listener.accept(next));
        }
    }

    /** Where a peer's registry gives other ids, its records are written anew with those of the store. */
    private RecordReader readerOf(KafkaCluster of) {
        return new RecordReader(store, of.ids(), of.ids() == ownIds);
    }

    private Session open() {
        switchIfToldSo();
        return new Session();
    }

    private void run() {
        while (!isStopping()) {
            try (Session session = open()) {
                session.follow();
            } catch (InterruptException e) {
                LOG.atDebug().log("Following Kafka was interrupted");
            } catch (KafkaException | IndexStoreException e) {
                failed(e);
            } catch (RuntimeException e) {
                LOG.atError().setCause(e).log("Following Kafka failed, which is a bug; trying again");
                failed(e);
            }
        }
        rememberCompleteness();
    }

    private void failed(RuntimeException e) {
        freshness.abandon();
        String problem = e instanceof UnknownTopicOrPartitionException
                ? "the topics " + TOPICS + " do not exist yet; the streams processors create them"
                : String.valueOf(e.getMessage());
        if (!problem.equals(progress.problem())) {
            LOG.atWarn().addKeyValue("problem", problem).log("Index does not follow Kafka, trying again");
        }
        Progress last = progress;
        progress = new Progress(
                last.positions(), last.ends(), false, freshness.completeAsOf(), last.undecodable(), problem);
        count(failureCounter, 1);
        pause();
    }

    private void pause() {
        try {
            boolean stopped = stopping.await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
            LOG.atTrace().addKeyValue("stopped", stopped).log("Waited before the next attempt");
        } catch (InterruptedException e) {
            LOG.atDebug().log("Waiting was cut short");
        }
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    private void rememberCompleteness() {
        OptionalLong completeAsOf = freshness.completeAsOf();
        if (completeAsOf.isPresent() && completeAsOf.getAsLong() != rememberedAt) {
            store.rememberCompleteAsOf(completeAsOf.getAsLong());
            rememberedAt = completeAsOf.getAsLong();
        }
    }

    private static void count(@Nullable Counter counter, long amount) {
        if (counter != null) {
            counter.increment(amount);
        }
    }

    /** Ends the thread; returns when it has ended. Idempotent. */
    @Override
    public void close() {
        stopping.countDown();
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** One connection to Kafka, from its making to its first failure. */
    private final class Session implements AutoCloseable {
        private final Admin admin;
        private final @Nullable KafkaConsumer<byte[], byte[]> consumer;
        private final Map<String, String> topicIds = new HashMap<>();
        private final Map<TopicPartition, Long> positions = new HashMap<>();
        private Map<TopicPartition, Long> ends = Map.of();
        private @Nullable ListOffsetsResult question;
        private @Nullable KafkaFuture<?> answer;
        private long askedAt;
        /** Where we stood when we asked: by the time of the answer we may have read on, past the end it names. */
        private Map<TopicPartition, Long> positionsWhenAsked = Map.of();

        private int answersThatLookCut;
        private boolean reachable = true;

        Session() {
            Map<String, Object> adminSettings = new HashMap<>(followed.settings());
            adminSettings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) ANSWER_TIMEOUT.toMillis());
            adminSettings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) ANSWER_TIMEOUT.toMillis());
            admin = Admin.create(adminSettings);
            KafkaConsumer<byte[], byte[]> opened = null;
            try {
                opened = new KafkaConsumer<>(
                        consumerSettings(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
                seekToWhereWeStopped(opened);
            } catch (RuntimeException e) {
                if (opened != null) {
                    opened.close(CloseOptions.timeout(Duration.ofSeconds(1)));
                }
                admin.close(Duration.ZERO);
                throw e;
            }
            consumer = opened;
        }

        private Map<String, Object> consumerSettings() {
            Map<String, Object> settings = new HashMap<>(followed.settings());
            settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
            settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
            settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
            settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
            settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_RECORDS);
            settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 4 << 20);
            settings.put(ConsumerConfig.RECEIVE_BUFFER_CONFIG, -1);
            settings.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 30_000);
            settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) ANSWER_TIMEOUT.toMillis());
            settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) ANSWER_TIMEOUT.toMillis());
            return settings;
        }

        private void seekToWhereWeStopped(KafkaConsumer<byte[], byte[]> opened) {
            List<TopicPartition> partitions = new ArrayList<>();
            describe().forEach((name, topic) -> {
                topicIds.put(name, topic.topicId().toString());
                startOverIfAnother(name, topic.topicId().toString());
                topic.partitions().forEach(p -> partitions.add(new TopicPartition(name, p.partition())));
            });
            opened.assign(partitions);
            for (TopicPartition partition : partitions) {
                OptionalLong stored = store.position(partition);
                if (stored.isPresent()) {
                    opened.seek(partition, stored.getAsLong());
                } else {
                    opened.seekToBeginning(List.of(partition));
                }
            }
        }

        private Map<String, TopicDescription> describe() {
            return await(admin.describeTopics(TOPICS).allTopicNames());
        }

        private void startOverIfAnother(String topic, String id) {
            Optional<String> before = store.topicId(topic);
            if (before.isEmpty()) {
                store.rememberTopicId(topic, id);
            } else if (!before.get().equals(id)) {
                startOver(topic, "this is another topic than the one followed before");
            }
        }

        private void startOver(String topic, String reason) {
            LOG.atWarn()
                    .addKeyValue("topic", topic)
                    .addKeyValue("reason", reason)
                    .log("Reading from the beginning; what is known is served meanwhile");
            store.startOver(topic, topicIds.getOrDefault(topic, ""));
            formerConfirmedAt = wallMillis.getAsLong();
        }

        void follow() {
            long lastAsked = Long.MIN_VALUE;
            while (!isStopping() && cluster == followed) {
                long now = wallMillis.getAsLong();
                if (answer == null && (lastAsked == Long.MIN_VALUE || now - lastAsked >= CHECK_MILLIS)) {
                    ask(now);
                    lastAsked = now;
                }
                take(poll());
                hear();
                settle(now);
            }
        }

        private KafkaConsumer<byte[], byte[]> consumer() {
            if (consumer == null) {
                throw new IllegalStateException("the session never opened");
            }
            return consumer;
        }

        private ConsumerRecords<byte[], byte[]> poll() {
            try {
                return consumer()
                        .poll(freshness.completeAsOf().isPresent() && !ends.isEmpty() ? POLL : POLL_BEFORE_COMPLETE);
            } catch (OffsetOutOfRangeException e) {
                Set<String> topics = new HashSet<>();
                e.offsetOutOfRangePartitions().keySet().forEach(partition -> topics.add(partition.topic()));
                topics.forEach(topic -> startOver(topic, "the offset that comes next is not there any more"));
                throw e;
            }
        }

        private void take(ConsumerRecords<byte[], byte[]> records) {
            IndexBatch batch = store.batch(this::concernsAnybody);
            List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>(records.count());
            records.forEach(all::add);
            long skipped = 0;
            // In slices, so that what was read is garbage again soon.
            for (int from = 0; from < all.size(); from += SLICE) {
                for (Read read : reader.read(all.subList(from, Math.min(from + SLICE, all.size())))) {
                    skipped += apply(read, batch) ? 0 : 1;
                }
            }
            boolean moved = false;
            for (TopicPartition partition : consumer().assignment()) {
                long next = consumer().position(partition);
                if (!Long.valueOf(next).equals(positions.put(partition, next))) {
                    batch.position(partition, next);
                    moved = true;
                }
            }
            if (moved) {
                batch.commit();
                formerConfirmedAt = batch.replacesFormer() ? wallMillis.getAsLong() : formerConfirmedAt;
                tell(batch);
            }
            count(recordCounter, records.count());
            if (skipped > 0) {
                count(undecodableCounter, skipped);
                Progress last = progress;
                progress = new Progress(
                        last.positions(),
                        last.ends(),
                        last.reachable(),
                        last.completeAsOf(),
                        last.undecodable() + skipped,
                        last.problem());
            }
        }

        private boolean concernsAnybody(FileIndexEntry entry) {
            for (IndexListener listener : listeners) {
                if (listener.concerns(entry)) {
                    return true;
                }
            }
            return false;
        }

        private void tell(IndexBatch batch) {
            List<FileKey> changed = batch.changed();
            List<Sha256> located = batch.located();
            for (IndexListener listener : listeners) {
                if (!changed.isEmpty()) {
                    listener.changed(changed);
                }
                if (!located.isEmpty()) {
                    listener.located(located);
                }
            }
        }

        /** False when the record was no good. */
        private boolean apply(Read read, IndexBatch batch) {
            switch (read) {
                case Read.Entry entry -> batch.index(entry);
                case Read.Tombstone tombstone -> {
                    // Where nothing is known of a file, another cluster may know something.
                    if (followed.isOwn()) {
                        batch.remove(tombstone.key());
                    }
                }
                case Read.Place place -> batch.location(place.chunk(), place.location());
                case Read.Unreadable unreadable -> {
                    skip(unreadable);
                    return false;
                }
            }
            return true;
        }

        private void skip(Read.Unreadable unreadable) {
            LOG.atLevel(undecodableLogged ? Level.DEBUG : Level.WARN)
                    .addKeyValue("topic", unreadable.record().topic())
                    .addKeyValue("partition", unreadable.record().partition())
                    .addKeyValue("offset", unreadable.record().offset())
                    .addKeyValue("reason", unreadable.reason())
                    .log("Record cannot be read and is skipped; further ones are only counted");
            undecodableLogged = true;
        }

        private void ask(long now) {
            Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
            consumer().assignment().forEach(partition -> latest.put(partition, OffsetSpec.latest()));
            question = admin.listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED));
            answer = question.all();
            askedAt = now;
            positionsWhenAsked = Map.copyOf(positions);
        }

        /** Looks whether Kafka has answered; never waits. */
        private void hear() {
            if (answer == null || question == null || !answer.isDone()) {
                return;
            }
            reachable = !answer.isCompletedExceptionally();
            if (reachable) {
                Map<TopicPartition, Long> heard = new HashMap<>();
                await(question.all()).forEach((partition, end) -> heard.put(partition, end.offset()));
                ends = heard;
                if (reachesOurPositions()) {
                    freshness.ends(askedAt, ends);
                }
            }
            answer = null;
        }

        /**
         * Ends before our position mean that the log was cut or made anew behind our back, unless they are gone again a
         * little later: a broker that was killed takes a moment to find out how far its log goes.
         */
        private boolean reachesOurPositions() {
            Set<String> cut = new HashSet<>();
            ends.forEach((partition, end) -> {
                if (end < positionsWhenAsked.getOrDefault(partition, 0L)) {
                    cut.add(partition.topic());
                }
            });
            answersThatLookCut = cut.isEmpty() ? 0 : answersThatLookCut + 1;
            if (answersThatLookCut == ANSWERS_BEFORE_CUT) {
                cut.forEach(topic -> startOver(topic, "the topic ends before the offset that comes next"));
                throw new KafkaException("the topics " + cut + " were cut off or made anew; reading them again");
            }
            return cut.isEmpty();
        }

        private void settle(long now) {
            if (!reachable) {
                formerConfirmedAt = wallMillis.getAsLong(); // nobody can confirm anything
            }
            if (freshness.progressed(positions)) {
                store.complete();
                if (followed.isOwn() && wallMillis.getAsLong() - formerConfirmedAt >= keepFormerMillis) {
                    sweep();
                }
                if (askedAt - rememberedAt >= REMEMBER_MILLIS) {
                    rememberCompleteness();
                }
            }
            boolean answered = reachable && !ends.isEmpty();
            progress = new Progress(
                    Map.copyOf(positions),
                    ends,
                    answered,
                    freshness.completeAsOf(),
                    progress.undecodable(),
                    answered ? "" : "Kafka does not answer; last asked " + (now - askedAt) + " ms ago");
        }

        private void sweep() {
            long dropped = store.sweep();
            if (dropped > 0) {
                LOG.atInfo().addKeyValue("entries", dropped).log("Dropped what only a former topic knew");
            }
        }

        private <T> T await(KafkaFuture<T> future) {
            try {
                return future.get(ANSWER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RuntimeException cause ? cause : new KafkaException(e.getCause());
            } catch (TimeoutException e) {
                throw new KafkaException("Kafka did not answer within " + ANSWER_TIMEOUT.toSeconds() + " s", e);
            }
        }

        @Override
        public void close() {
            boolean interrupted = Thread.interrupted(); // closing must not be cut short, and must not be remembered
            consumer().close(CloseOptions.timeout(Duration.ofSeconds(1)));
            admin.close(Duration.ZERO);
            if (interrupted) {
                LOG.atTrace().log("The session ends because the thread was interrupted");
            }
        }
    }
}
