package io.tftpdc.edge.benchmark;

import io.netty.buffer.ByteBuf;
import io.tftpdc.edge.content.ContentStore;
import io.tftpdc.edge.content.FileSource;
import io.tftpdc.edge.content.Lookup;
import io.tftpdc.edge.content.OpenFile;
import io.tftpdc.edge.content.PinnedChunk;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.Sha256;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The files of a folder, cut into chunks of the product's size in a {@link ContentStore}, from which they are served
 * chunk by chunk as the edge node does. All content is resident.
 */
final class StoredFiles implements FileSource {

    private static final String TENANT = "default";

    private final ContentStore store;
    private final Map<String, FileContent> files;

    private StoredFiles(ContentStore store, Map<String, FileContent> files) {
        this.store = store;
        this.files = Map.copyOf(files);
    }

    /** Puts every regular file of {@code folder} into {@code store}. Files are named without the folder. */
    static StoredFiles publish(Path folder, ContentStore store) throws IOException {
        Map<String, FileContent> files = new HashMap<>();
        try (var all = Files.list(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                List<Sha256> chunks = new ArrayList<>();
                for (int offset = 0; offset < bytes.length; offset += FileContent.CHUNK_SIZE) {
                    byte[] chunk =
                            Arrays.copyOfRange(bytes, offset, Math.min(bytes.length, offset + FileContent.CHUNK_SIZE));
                    Sha256 hash = Sha256.of(chunk);
                    store.put(hash, chunk);
                    chunks.add(hash);
                }
                files.put(
                        file.getFileName().toString(),
                        new FileContent(
                                Sha256.of(bytes),
                                bytes.length,
                                FileContent.CHUNK_SIZE,
                                new FileContent.Inline(chunks)));
            }
        }
        return new StoredFiles(store, files);
    }

    @Override
    public CompletionStage<Lookup> open(InetSocketAddress client, String requestedPath) {
        FileContent content = files.get(requestedPath);
        return CompletableFuture.completedFuture(
                content == null
                        ? new Lookup.NotFound(TENANT, requestedPath)
                        : new Lookup.Found(new Pinned(requestedPath, content)));
    }

    /** One transfer's view; used by one event loop. */
    private final class Pinned implements OpenFile {
        private final String path;
        private final FileContent content;
        private final List<Sha256> hashes;
        private final @Nullable PinnedChunk[] chunks;

        Pinned(String path, FileContent content) {
            this.path = path;
            this.content = content;
            this.hashes = content.chunks() instanceof FileContent.Inline inline ? inline.hashes() : List.of();
            this.chunks = new PinnedChunk[hashes.size()];
        }

        @Override
        public String tenant() {
            return TENANT;
        }

        @Override
        public String path() {
            return path;
        }

        @Override
        public String sha256Hex() {
            return content.hash().hex();
        }

        @Override
        public long size() {
            return content.size();
        }

        @Override
        public boolean resident(long offset, int length) {
            return true;
        }

        @Override
        public CompletionStage<Void> load(long offset, int length) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void read(long offset, int length, ByteBuf into) {
            long position = offset;
            long end = Math.min(offset + length, content.size());
            while (position < end) {
                int index = (int) (position / FileContent.CHUNK_SIZE);
                PinnedChunk chunk = chunk(index);
                int within = (int) (position % FileContent.CHUNK_SIZE);
                int bytes = (int) Math.min(end - position, chunk.size() - within);
                chunk.read(within, bytes, into);
                position += bytes;
            }
        }

        private PinnedChunk chunk(int index) {
            PinnedChunk chunk = chunks[index];
            if (chunk == null) {
                chunk = store.pin(hashes.get(index))
                        .orElseThrow(() -> new IllegalStateException("chunk " + index + " of " + path + " is gone"));
                chunks[index] = chunk;
            }
            return chunk;
        }

        @Override
        public void close() {
            for (int i = 0; i < chunks.length; i++) {
                PinnedChunk chunk = chunks[i];
                if (chunk != null) {
                    chunk.close();
                    chunks[i] = null;
                }
            }
        }
    }
}
