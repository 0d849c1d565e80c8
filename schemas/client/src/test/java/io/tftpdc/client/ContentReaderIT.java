package io.tftpdc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.broker.EmbeddedKafka;
import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridClock;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.topic.TopicCreator;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.DerivedSchemaIds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentReaderIT {
    private static final FileKey KEY = FileKey.of("default", "boot/x");

    @TempDir
    static Path directory;

    private static EmbeddedKafka broker;
    private static Map<String, Object> kafka;
    private static TopicWriter writer;
    private static FilePublisher publisher;
    private static ContentReader reader;
    private static KafkaConsumer<byte[], byte[]> scanner;
    private static final Map<Sha256, ContentLocation> places = new HashMap<>();

    @BeforeAll
    static void start() {
        broker = EmbeddedKafka.startForTests(directory);
        kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (Admin admin = Admin.create(kafka)) {
            new TopicCreator(admin, (short) 1).ensure(List.of(Topics.CONTENT, Topics.FILE_EVENTS));
        }
        writer = TopicWriter.connect(kafka, new DerivedSchemaIds());
        publisher = new FilePublisher(writer, new SiteName("dc1"), new HybridClock(System::currentTimeMillis));
        reader = new ContentReader(kafka, hashes -> scan());
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put("fetch.max.wait.ms", 5);
        scanner = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        scanner.assign(IntStream.range(0, Topics.PARTITIONS)
                .mapToObj(partition -> new TopicPartition(Topics.CONTENT.name(), partition))
                .toList());
        scanner.seekToBeginning(scanner.assignment());
    }

    @AfterAll
    static void stop() {
        scanner.close();
        reader.close();
        writer.close();
        broker.close();
    }

    @Test
    void whatWasPublishedIsReadBack() throws IOException {
        for (int size : new int[] {0, 1, FileContent.CHUNK_SIZE, FileContent.CHUNK_SIZE + 1, 20_000_001}) {
            byte[] bytes = random(size, size);

            FileContent content = publish(new ByteArrayInputStream(bytes));

            try (InputStream in = reader.open(content)) {
                assertThat(in.readAllBytes()).as("%d bytes", size).isEqualTo(bytes);
            }
        }
    }

    @Test
    void moreChunksThanAnEventListsAreReadThroughAManifest() throws IOException {
        long size = (FileContent.MAX_INLINE_CHUNKS + 2L) * FileContent.CHUNK_SIZE + 17;

        FileContent content = publish(new RandomStream(3, size));

        assertThat(content.chunks()).isInstanceOf(FileContent.Manifest.class);
        MessageDigest digest = Sha256.digester();
        try (InputStream in = new DigestInputStream(reader.open(content), digest)) {
            assertThat(in.transferTo(OutputStream.nullOutputStream())).isEqualTo(size);
        }
        assertThat(Sha256.ofDigest(digest.digest())).isEqualTo(content.hash());
    }

    @Test
    void whatIsMissingOfAContentIsNamedWhereverItIsListed() throws IOException {
        FileContent there = publish(new ByteArrayInputStream(random(9, 100)));
        Sha256 known = ((FileContent.Inline) there.chunks()).hashes().get(0);
        Sha256 lost = Sha256.of(new byte[] {1, 2, 3});
        ByteBuffer list = ByteBuffer.allocate(300 * Sha256.BYTES);
        for (int i = 0; i < 300; i++) {
            (i == 299 ? lost : known).write(list);
        }
        FileContent manifest = publish(new ByteArrayInputStream(list.array()));
        List<Sha256> manifests = ((FileContent.Inline) manifest.chunks()).hashes();
        long size = 300L * FileContent.CHUNK_SIZE;

        assertThat(reader.missing(there)).isEmpty();
        assertThat(reader.missing(new FileContent(
                        lost, 2 * 1024 * 1024, 1024 * 1024, new FileContent.Inline(List.of(known, lost)))))
                .containsExactly(lost);
        assertThat(reader.missing(
                        new FileContent(lost, size, FileContent.CHUNK_SIZE, new FileContent.Manifest(manifests, 300))))
                .containsExactly(lost);
        assertThat(reader.missing(new FileContent(
                        lost, size, FileContent.CHUNK_SIZE, new FileContent.Manifest(List.of(lost), 300))))
                .containsExactly(lost);
    }

    @Test
    void anyRangeIsReadBack() throws IOException {
        int size = 5 * FileContent.CHUNK_SIZE + 100;
        byte[] bytes = random(4, size);
        FileContent content = publish(new ByteArrayInputStream(bytes));

        Random random = new Random(4);
        for (int i = 0; i < 30; i++) {
            int offset = random.nextInt(size);
            int length = random.nextInt(size - offset + 1);
            try (InputStream in = reader.open(content, offset, length)) {
                assertThat(Arrays.equals(in.readAllBytes(), Arrays.copyOfRange(bytes, offset, offset + length)))
                        .as("%d bytes from %d on", length, offset)
                        .isTrue();
            }
        }
    }

    @Test
    void aStalePlaceIsLookedUpAgain() throws IOException {
        byte[] bytes = random(5, 3 * FileContent.CHUNK_SIZE);
        FileContent content = publish(new ByteArrayInputStream(bytes));
        AtomicInteger questions = new AtomicInteger();
        ContentLocator lagging = hashes -> {
            Map<Sha256, ContentLocation> places = new HashMap<>(scan());
            if (questions.getAndIncrement() < 2) {
                places.replaceAll((hash, place) ->
                        new ContentLocation(place.topic(), place.partition(), wrong(place.offset()), place.size()));
            }
            return places;
        };

        try (ContentReader lagged = new ContentReader(kafka, lagging);
                InputStream in = lagged.open(content)) {
            assertThat(in.readAllBytes()).isEqualTo(bytes);
        }
        assertThat(questions.get()).isGreaterThan(2);
    }

    @Test
    void aChunkIsTakenForNothingButWhatItsHashSays() throws IOException {
        publish(new ByteArrayInputStream(random(6, 100)));
        Map<Sha256, ContentLocation> places = scan();
        ContentLocation somewhere = places.values().iterator().next();

        try (ChunkFetcher fetcher = new ChunkFetcher(kafka)) {
            assertThat(fetcher.fetch(new Sha256(1, 2, 3, 4), somewhere, Duration.ofSeconds(10)))
                    .isEmpty();
            ContentLocation beyond = new ContentLocation(somewhere.topic(), somewhere.partition(), 1_000_000, 1);
            assertThat(fetcher.fetch(new Sha256(1, 2, 3, 4), beyond, Duration.ofSeconds(10)))
                    .isEmpty();
            for (Map.Entry<Sha256, ContentLocation> place : places.entrySet()) {
                assertThat(fetcher.fetch(place.getKey(), place.getValue(), Duration.ofSeconds(10)))
                        .hasValueSatisfying(
                                bytes -> assertThat(Sha256.of(bytes)).isEqualTo(place.getKey()));
            }
        }
    }

    @Test
    void aChunkThatNobodyKnowsIsNamed() throws IOException {
        FileContent unknown = new FileContent(
                new Sha256(1, 1, 1, 1),
                5,
                FileContent.CHUNK_SIZE,
                new FileContent.Inline(List.of(new Sha256(7, 7, 7, 7))));

        try (ContentReader lost = new ContentReader(kafka, hashes -> Map.of(), Duration.ofMillis(100));
                InputStream in = lost.open(unknown)) {
            assertThatThrownBy(in::read)
                    .isInstanceOf(ContentUnavailableException.class)
                    .hasMessageContaining("whose place is unknown")
                    .hasMessageContaining("publish the file again");
        }
    }

    @Test
    void manyReadersShareTheConsumers() throws Exception {
        byte[] bytes = random(8, 6_000_000);
        FileContent content = publish(new ByteArrayInputStream(bytes));

        List<Future<byte[]>> readings = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++) {
                readings.add(threads.submit(() -> {
                    try (InputStream in = reader.open(content)) {
                        return in.readAllBytes();
                    }
                }));
            }
        }

        for (Future<byte[]> reading : readings) {
            assertThat(Arrays.equals(reading.get(), bytes)).isTrue();
        }
    }

    private static FileContent publish(InputStream bytes) throws IOException {
        PublishOutcome outcome = publisher.publish(PublishRequest.of(KEY, "user:test"), bytes);
        return ((FileEvent.FilePublished) ((PublishOutcome.Accepted) outcome).event()).content();
    }

    /** Where every chunk lies, by reading the topic on: what the streams processors do for a living. */
    private static synchronized Map<Sha256, ContentLocation> scan() {
        Map<TopicPartition, Long> ends = scanner.endOffsets(scanner.assignment());
        while (ends.entrySet().stream().anyMatch(end -> scanner.position(end.getKey()) < end.getValue())) {
            for (ConsumerRecord<byte[], byte[]> record : scanner.poll(Duration.ofMillis(100))) {
                places.put(
                        Sha256.ofDigest(record.key()),
                        new ContentLocation(
                                record.topic(), record.partition(), record.offset(), record.value().length));
            }
        }
        return Map.copyOf(places);
    }

    private static long wrong(long offset) {
        return offset == 0 ? 1 : offset - 1;
    }

    private static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Random bytes without holding them. */
    private static final class RandomStream extends InputStream {
        private final Random random;
        private long left;

        RandomStream(long seed, long length) {
            random = new Random(seed);
            left = length;
        }

        @Override
        public int read() {
            return left-- > 0 ? random.nextInt(256) : -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            byte[] some = new byte[(int) Math.min(length, left)];
            random.nextBytes(some);
            System.arraycopy(some, 0, into, offset, some.length);
            left -= some.length;
            return some.length;
        }
    }
}
