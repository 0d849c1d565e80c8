package io.tftpdc.edge.benchmark;

import io.tftpdc.edge.config.UploadsConfig;
import io.tftpdc.edge.content.ContentFetcher;
import io.tftpdc.edge.content.ContentStore;
import io.tftpdc.edge.content.FileSource;
import io.tftpdc.edge.content.IndexedFileSource;
import io.tftpdc.edge.index.FileIndexView;
import io.tftpdc.edge.index.OfflineIndex;
import io.tftpdc.edge.index.RocksMemory;
import io.tftpdc.edge.journal.NodeIdentity;
import io.tftpdc.edge.policy.TenantMap;
import io.tftpdc.edge.policy.UploadPolicy;
import io.tftpdc.edge.upload.UploadService;
import io.tftpdc.edge.upload.Uploads;
import io.tftpdc.event.EventId;
import io.tftpdc.event.EventStamp;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridClock;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileRevision;
import io.tftpdc.wire.DerivedSchemaIds;
import io.tftpdc.wire.SchemaIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * An edge node without Kafka: its files as they are long after Kafka brought them, every chunk in the
 * {@link ContentStore} and every file in the {@link FileIndexView}; uploads are taken to the spool, as they are while
 * Kafka is away.
 */
final class OfflineEdge implements AutoCloseable {

    private static final long QUOTA_BYTES = 16L << 30;
    private static final SiteName SITE = new SiteName("benchmark");
    private static final HybridTime PUBLISHED = HybridTime.of(1_700_000_000_000L, 0);
    private static final Map<String, Object> NO_KAFKA = Map.of("bootstrap.servers", "localhost:1");

    private final RocksMemory memory = new RocksMemory(RocksMemory.DEFAULT_BYTES);
    private final ContentStore store;
    private final FileIndexView index;
    private final ContentFetcher fetcher;
    private final Path uploadsDirectory;
    private volatile UploadService uploads;

    /**
     * Publishes every regular file of {@code folder} under its name, for the default tenant.
     *
     * @param data an empty directory for index, content and spool
     */
    OfflineEdge(Path folder, Path data) throws IOException {
        store = ContentStore.open(data.resolve("content"), QUOTA_BYTES);
        List<FileIndexEntry> entries = new ArrayList<>();
        try (var all = Files.list(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                entries.add(publish(file, entries.size()));
            }
        }
        SchemaIds ids = new DerivedSchemaIds();
        OfflineIndex.write(data.resolve("index"), memory, ids, entries);
        index = FileIndexView.open(data.resolve("index"), memory, NO_KAFKA, ids, System::currentTimeMillis);
        fetcher = new ContentFetcher(store, index::locate, NO_KAFKA, 0);
        uploadsDirectory = data.resolve("uploads");
        uploads = takeUploads();
    }

    private UploadService takeUploads() throws IOException {
        UploadService service = UploadService.open(
                uploadSettings(uploadsDirectory),
                index,
                NO_KAFKA,
                new DerivedSchemaIds(),
                new NodeIdentity(SITE, "node"),
                new HybridClock(System::currentTimeMillis));
        service.start();
        while (!service.check().up()) { // it counts what is stored, which is nothing
            Thread.onSpinWait();
        }
        return service;
    }

    /**
     * Deletes all uploads, as publishing them would. Otherwise the spool takes memory of the page cache that nothing had
     * touched before, which a virtual machine has to ask its host for, and with every round more of it.
     */
    void forgetUploads() throws IOException {
        uploads.close();
        try (var all = Files.walk(uploadsDirectory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
        uploads = takeUploads();
    }

    /** The defaults of {@code edge.yaml}, but anybody may write anything. */
    private static UploadService.Settings uploadSettings(Path directory) {
        UploadPolicy.Rule anything = new UploadPolicy.Rule(
                Optional.empty(),
                Optional.empty(),
                List.of(),
                /* create= */ true,
                /* overwrite= */ true,
                /* maxSize= */ 1L << 30,
                new UploadPolicy.Quota(Long.MAX_VALUE, Long.MAX_VALUE),
                UploadPolicy.KafkaAway.SPOOL,
                Duration.ofSeconds(10));
        return UploadsConfig.defaults().settings(directory, new UploadPolicy(List.of(anything)));
    }

    private FileIndexEntry publish(Path file, int number) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        List<Sha256> chunks = new ArrayList<>();
        for (int offset = 0; offset < bytes.length; offset += FileContent.CHUNK_SIZE) {
            byte[] chunk = Arrays.copyOfRange(bytes, offset, Math.min(bytes.length, offset + FileContent.CHUNK_SIZE));
            Sha256 hash = Sha256.of(chunk);
            store.put(hash, chunk);
            chunks.add(hash);
        }
        FileContent content =
                new FileContent(Sha256.of(bytes), bytes.length, FileContent.CHUNK_SIZE, new FileContent.Inline(chunks));
        EventStamp stamp = new EventStamp(PUBLISHED, SITE, new EventId(new UUID(0, number)));
        return new FileIndexEntry(
                FileKey.of(Tenant.DEFAULT.value(), file.getFileName().toString()),
                List.of(new FileRevision.Published(
                        stamp, "user:benchmark", content, "application/octet-stream", Map.of())));
    }

    /** What an edge node serves from. */
    FileSource files() {
        return new IndexedFileSource(
                index, SITE, store, fetcher, TenantMap.EVERYBODY_DEFAULT, Duration.ofSeconds(30), /* readAhead= */ 4);
    }

    /** Where clients write to; none of them while {@link #forgetUploads} runs. */
    Uploads uploads() {
        return (client, key, announcedSize) -> uploads.open(client, key, announcedSize);
    }

    @Override
    public void close() {
        uploads.close();
        fetcher.close();
        index.close();
        memory.close();
    }
}
