package io.tftpdc.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tftpdc.client.ContentReader;
import io.tftpdc.client.FileCatalog;
import io.tftpdc.client.FilePublisher;
import io.tftpdc.client.PublishRequest;
import io.tftpdc.client.TopicWriter;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridClock;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.FileRevision;
import io.tftpdc.topic.TopicCreator;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.DerivedSchemaIds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two sites with brokers of their own: dc2 loses what was mirrored from dc1 before it read it, and the mirror has long
 * passed by. {@code -Drepair.files=1000000} makes it a measurement.
 */
class RepairIT {
    private static final SiteName DC1 = new SiteName("dc1");
    private static final SiteName DC2 = new SiteName("dc2");
    private static final int BULK = Integer.getInteger("repair.files", 200);
    private static final Duration PATIENCE = Duration.ofSeconds(120 + BULK / 5_000);

    @TempDir
    private Path directory;

    private final DerivedSchemaIds ids = new DerivedSchemaIds();

    @Test
    void whatASiteLostBeforeItReadItComesBackWithItsBytes() throws Exception {
        Map<String, byte[]> files = new HashMap<>();
        Random random = new Random(5);
        for (int i = 0; i < 12; i++) {
            byte[] bytes = new byte[1 + random.nextInt(1_200_000)];
            random.nextBytes(bytes);
            files.put("lost/" + i, bytes);
        }
        try (TestSite one = new TestSite(directory.resolve("kafka1"));
                TestSite two = new TestSite(directory.resolve("kafka2"));
                Admin admin1 = Admin.create(Map.of("bootstrap.servers", bootstrap(one)));
                Admin admin2 = Admin.create(Map.of("bootstrap.servers", bootstrap(two)))) {
            new TopicCreator(admin1, (short) 1).ensure(Topics.all());
            new TopicCreator(admin2, (short) 1).ensure(Topics.all());
            try (PrefixMirror to2 = new PrefixMirror(DC1, bootstrap(one), bootstrap(two));
                    PrefixMirror to1 = new PrefixMirror(DC2, bootstrap(two), bootstrap(one))) {
                // Chunks never arrive; events do, and are deleted before anybody at dc2 reads them.
                to2.lose(Topics.CONTENT.name());
                publish(one, files);
                await().atMost(PATIENCE)
                        .until(() ->
                                sum(admin2, Topics.FILE_EVENTS.mirroredFrom(DC1).name()) == files.size()
                                        && to2.passed(Topics.CONTENT.name()) == sum(admin1, Topics.CONTENT.name()));
                to2.lose("");
                loseMirroredEvents(admin2);
                assertThat(sum(admin2, Topics.CONTENT.mirroredFrom(DC1).name())).isZero();
                bulk(one);

                try (StreamsProcessors streams1 = start(one, DC1);
                        StreamsProcessors streams2 = start(two, DC2);
                        FileCatalog catalog1 = catalog(streams1);
                        FileCatalog catalog2 = catalog(streams2);
                        ContentReader reader2 =
                                new ContentReader(Map.of("bootstrap.servers", bootstrap(two)), catalog2)) {
                    await().atMost(PATIENCE)
                            .until(() -> count(catalog1) == BULK + files.size() && count(catalog2) >= BULK);
                    long began = System.nanoTime();

                    await().atMost(PATIENCE).until(() -> digest(catalog2).equals(digest(catalog1)));

                    System.out.printf(
                            "%d files, %d lost: the sites agree %d ms after the difference stood%n",
                            BULK, files.size(), (System.nanoTime() - began) / 1_000_000);
                    for (Map.Entry<String, byte[]> file : files.entrySet()) {
                        FileRevision.Published current =
                                catalog2.entry(key(file.getKey())).current().orElseThrow();
                        assertThat(current.stamp().origin()).isEqualTo(DC1);
                        assertThat(reader2.open(current.content()).readAllBytes())
                                .as(file.getKey())
                                .isEqualTo(file.getValue());
                    }
                    began = System.nanoTime();
                    int bucket = io.tftpdc.index.IndexDigest.bucketOf(key("lost/0"));
                    assertThat(catalog2.fingerprints(Tenant.DEFAULT, List.of(bucket))
                                    .byPath())
                            .isEqualTo(catalog1.fingerprints(Tenant.DEFAULT, List.of(bucket))
                                    .byPath());
                    System.out.printf(
                            "%d files: one bucket of both sites compared path by path in %d ms%n",
                            BULK, (System.nanoTime() - began) / 1_000_000);
                }
            }
        }
    }

    private void publish(TestSite site, Map<String, byte[]> files) throws IOException {
        try (TopicWriter writer = TopicWriter.connect(Map.of("bootstrap.servers", bootstrap(site)), ids)) {
            FilePublisher publisher = new FilePublisher(writer, DC1, new HybridClock(System::currentTimeMillis));
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                publisher.publish(
                        PublishRequest.of(key(file.getKey()), "user:test"), new ByteArrayInputStream(file.getValue()));
            }
        }
    }

    /** Events alone: that the bytes are missing does not matter where nothing differs. */
    private void bulk(TestSite site) {
        try (TopicWriter writer =
                TopicWriter.connect(Map.of("bootstrap.servers", bootstrap(site), "linger.ms", 20), ids)) {
            for (int i = 0; i < BULK; i++) {
                Sha256 hash = Sha256.of(("file " + i).getBytes(StandardCharsets.UTF_8));
                FileEvent event = new FileEvent.FilePublished(
                        new EventEnvelope(new EventId(new UUID(i, i)), DC1, HybridTime.of(1000 + i, 0), "user:anna"),
                        key("rack-" + i / 1000 + "/device-" + i + "/startup.cfg"),
                        new FileContent(hash, 1000, FileContent.CHUNK_SIZE, new FileContent.Inline(List.of(hash))),
                        "",
                        Map.of());
                writer.write(Topics.FILE_EVENTS, event.key(), event);
            }
        }
    }

    private static long sum(Admin admin, String topic) throws Exception {
        return ends(admin, topic).values().stream()
                .mapToLong(ListOffsetsResultInfo::offset)
                .sum();
    }

    private static void loseMirroredEvents(Admin admin) throws Exception {
        Map<TopicPartition, RecordsToDelete> lost = new HashMap<>();
        ends(admin, Topics.FILE_EVENTS.mirroredFrom(DC1).name())
                .forEach((partition, end) -> lost.put(partition, RecordsToDelete.beforeOffset(end.offset())));
        admin.deleteRecords(lost).all().get();
    }

    private static Map<TopicPartition, ListOffsetsResultInfo> ends(Admin admin, String topic) throws Exception {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        IntStream.range(0, Topics.PARTITIONS)
                .forEach(partition -> latest.put(new TopicPartition(topic, partition), OffsetSpec.latest()));
        return admin.listOffsets(latest).all().get();
    }

    private StreamsProcessors start(TestSite site, SiteName name) throws IOException {
        return StreamsProcessors.start(
                ProcessorsConfig.of(
                                name.value(),
                                bootstrap(site),
                                0,
                                URI.create("http://unused"),
                                directory.resolve("s-" + name))
                        .withRepair(new ProcessorsConfig.Repair(Duration.ofSeconds(3), Duration.ofMinutes(1))),
                ids);
    }

    private static String bootstrap(TestSite site) {
        return site.kafka().bootstrapServers();
    }

    private static FileKey key(String path) {
        return FileKey.of("default", path);
    }

    private static FileCatalog catalog(StreamsProcessors processors) {
        return new FileCatalog(URI.create("http://127.0.0.1:" + processors.port()));
    }

    private static long count(FileCatalog catalog) {
        try {
            return catalog.digests(Tenant.DEFAULT)
                    .path("tenants")
                    .path("default")
                    .path("files")
                    .asLong();
        } catch (IOException e) {
            return -1; // not readable yet
        }
    }

    private static String digest(FileCatalog catalog) throws IOException {
        return catalog.digests(Tenant.DEFAULT)
                .path("tenants")
                .path("default")
                .path("digest")
                .asText();
    }
}
