package io.tftpdc.streams;

import io.tftpdc.streams.ProcessorsConfig.Kafka;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.state.HostInfo;

/** The Kafka Streams configuration of each application, with the reason for each setting. */
final class StreamsSettings {
    /** Also the names of the consumer groups, and in front of the names of the applications' own topics. */
    static final String PUBLISH_INTAKE = "tftp.publish-intake";

    static final String FILE_INDEX = "tftp.file-index";
    static final String CONTENT_LOCATIONS = "tftp.content-locations";

    private static final int MIB = 1 << 20;

    /** A thread that waits does not join its group either, so a start would take several of these. */
    private static final long LONGEST_WAIT_MILLIS = 200;

    private final ProcessorsConfig config;
    private final HostInfo self;
    private final RocksDbMemory memory;

    /** @param self where other processes of the site reach our queries */
    StreamsSettings(ProcessorsConfig config, HostInfo self, RocksDbMemory memory) {
        this.config = config;
        this.self = self;
        this.memory = memory;
    }

    Properties publishIntake() {
        Properties p = common(PUBLISH_INTAKE);
        p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        // The transaction's end is what readers wait for. A lone publish asks for it at once, and so does the last of
        // several when no more come (CommitPace); this bounds the wait of one among many.
        p.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                config.intake().commitInterval().toMillis());
        // While a thread waits for records it does not look whether it is time to commit; BriefPolls wait for less.
        p.put(
                StreamsConfig.POLL_MS_CONFIG,
                Math.min(config.intake().commitInterval().toMillis(), LONGEST_WAIT_MILLIS));
        // The transaction's end sends what lingers, so nobody waits for this; without it every chunk and every event is
        // a
        // request of its own to the broker.
        p.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 100);
        p.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 128 * 1024);
        // For the store that has caching enabled, which is one number for each task.
        p.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, (long) MIB);
        // A record may be 32 MiB, and Kafka bounds what is held in records, not in bytes. So each poll hands over one
        // and
        // a partition pauses once it holds another. The fetcher keeps the rest of a batch of small records undecoded,
        // so a poll of one costs no trip to the broker and a lone publish waits no longer.
        p.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 1);
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 1);
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MAX_BYTES_CONFIG), 4 * MIB);
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG), MIB);
        p.put(StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), 32L * MIB);
        return p;
    }

    Properties fileIndex() {
        Properties p = common(FILE_INDEX);
        p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
        // Output does not wait for commits; this bounds what is processed again after a crash.
        p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 200L);
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 2000);
        p.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 128 * 1024);
        return p;
    }

    Properties contentLocations() {
        Properties p = common(CONTENT_LOCATIONS);
        p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
        p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 200L);
        // Chunks of 512 KiB pass through; hold few of them at once.
        p.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 8);
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 16);
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MAX_BYTES_CONFIG), 8 * MIB);
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG), 2 * MIB);
        return p;
    }

    private Properties common(String application) {
        Properties p = new Properties();
        Kafka kafka = config.kafka();
        for (Map.Entry<String, Object> setting : kafka.clientSettings().entrySet()) {
            p.put(setting.getKey(), setting.getValue());
        }
        p.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
        p.put(StreamsConfig.CLIENT_ID_CONFIG, application + "-" + config.node());
        p.put(StreamsConfig.APPLICATION_SERVER_CONFIG, self.host() + ":" + self.port());
        p.put(
                StreamsConfig.STATE_DIR_CONFIG,
                config.stateDirectory().toAbsolutePath().toString());
        p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, config.threads());
        p.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, kafka.replicas());
        p.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0L);
        p.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, RocksDbMemory.Setter.class);
        p.put(RocksDbMemory.SETTING, memory);
        p.put(StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, OversizedRejections.class);
        p.put(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        // A new tenant's or peer's topic is found at the next look at the cluster's metadata.
        p.put(StreamsConfig.METADATA_MAX_AGE_CONFIG, 5000L);
        // The folds need no order between a site's topic and its peers': never wait for the slower.
        p.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, -1L);
        // A process that died is replaced after this, instead of 45 s.
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 6000);
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 2000);
        // A process that was killed and comes back takes its partitions at once instead of waiting until it is missed.
        p.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), config.node());
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        // Never fold what a publisher's transaction took back; Streams sets this only for exactly-once.
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.ISOLATION_LEVEL_CONFIG), "read_committed");
        // Streams' own default waits 100 ms for more records.
        p.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 0);
        // One chunk, or an index entry with a long history, and some room.
        p.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), 2 * MIB);
        p.put(StreamsConfig.producerPrefix(ProducerConfig.ACKS_CONFIG), "all");
        return p;
    }
}
