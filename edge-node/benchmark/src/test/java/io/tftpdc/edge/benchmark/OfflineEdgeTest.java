package io.tftpdc.edge.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.tftpdc.edge.content.Lookup;
import io.tftpdc.event.FileContent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
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
