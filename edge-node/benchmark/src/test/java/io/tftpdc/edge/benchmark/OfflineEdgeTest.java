package io.tftpdc.edge.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.tftpdc.edge.content.Lookup;
import io.tftpdc.edge.upload.UploadResult;
import io.tftpdc.edge.upload.Uploads;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.Tenant;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OfflineEdgeTest {

    private static final InetSocketAddress CLIENT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 2000);

    @TempDir
    private Path directory;

    @Test
    void servesWhatTheFolderHolds() throws IOException {
        byte[] bytes = new byte[2 * FileContent.CHUNK_SIZE + 1];
        new Random(1).nextBytes(bytes);
        Path folder = Files.createDirectory(directory.resolve("files"));
        Files.write(folder.resolve("large.bin"), bytes);
        Files.createFile(folder.resolve("empty.bin"));

        try (OfflineEdge edge = new OfflineEdge(folder, directory.resolve("data"))) {
            assertThat(read(edge, "large.bin")).isEqualTo(bytes);
            assertThat(read(edge, "empty.bin")).isEmpty();
            assertThat(lookup(edge, "absent.bin")).isInstanceOf(Lookup.NotFound.class);
        }
    }

    @Test
    void takesUploadsAndForgetsThem() throws IOException {
        Path waiting = directory.resolve("data/uploads/waiting");
        try (OfflineEdge edge =
                new OfflineEdge(Files.createDirectory(directory.resolve("files")), directory.resolve("data"))) {
            Uploads uploads = edge.uploads();

            upload(uploads, "first.bin");
            assertThat(waiting).isNotEmptyDirectory();
            edge.forgetUploads();
            assertThat(waiting).isEmptyDirectory();

            upload(uploads, "second.bin");
            assertThat(waiting).isNotEmptyDirectory();
        }
    }

    private static void upload(Uploads uploads, String path) {
        FileKey key = FileKey.of(Tenant.DEFAULT.value(), path);
        if (!(uploads.open(CLIENT, key, OptionalLong.empty()) instanceof Uploads.Opening.Accepted accepted)) {
            throw new AssertionError(path + " may not be uploaded");
        }
        accepted.sink().accept(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        assertThat(accepted.sink().commit().toCompletableFuture().join()).isInstanceOf(UploadResult.Stored.class);
    }

    private static byte[] read(OfflineEdge edge, String path) {
        if (!(lookup(edge, path) instanceof Lookup.Found found)) {
            throw new AssertionError(path + " is not found");
        }
        ByteBuf content = Unpooled.buffer();
        try (var file = found.file()) {
            file.read(0, (int) file.size(), content);
        }
        return ByteBufUtil.getBytes(content);
    }

    private static Lookup lookup(OfflineEdge edge, String path) {
        return edge.files().open(CLIENT, path).toCompletableFuture().join();
    }
}
