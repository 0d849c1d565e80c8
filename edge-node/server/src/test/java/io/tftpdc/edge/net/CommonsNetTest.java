package io.tftpdc.edge.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.edge.NoLeaks;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.apache.commons.net.tftp.TFTP;
import org.apache.commons.net.tftp.TFTPClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Reads and writes with the client of Apache Commons Net, which asks for no options: blocks of 512 bytes in lockstep, as
 * in RFC 1350.
 */
@ExtendWith(NoLeaks.class)
class CommonsNetTest {

    /** One block more than numbers of 16 bits can count, the number after 65,535 being 0, and a block that is not full. */
    private static final int BEYOND_BLOCK_NUMBERS = 65_536 * 512 + 5;

    /** Without a CR of its own: this client takes the CR NUL that stands for it on the network for two characters. */
    private static final String TEXT = "first line\nsecond\n\n" + "x".repeat(600) + "\nlast";

    private final TFTPClient client = new TFTPClient();

    @BeforeEach
    void open() throws Exception {
        client.setDefaultTimeout(Duration.ofSeconds(10));
        client.setMaxTimeouts(1);
        client.open();
    }

    @AfterEach
    void close() {
        client.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 512, 513, 1 << 20, BEYOND_BLOCK_NUMBERS})
    void readsFilesOfAnySize(int size) throws Exception {
        byte[] content = bytes(size);
        try (TestServer server = TestServer.start(new InMemoryFiles().with("boot/x", content))) {
            assertThat(read(server, "boot/x", TFTP.BINARY_MODE)).isEqualTo(content);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 512, 513, 1 << 20, BEYOND_BLOCK_NUMBERS})
    void writesFilesOfAnySize(int size) throws Exception {
        byte[] content = bytes(size);
        FakeUploads uploads = FakeUploads.storing();
        try (TestServer server = start(uploads)) {
            write(server, "backup/x", TFTP.BINARY_MODE, content);

            assertThat(uploads.sink().content()).isEqualTo(content);
        }
    }

    /** Lines end in LF on the server, in CR LF on the network, and as the system has it with the client. */
    @Test
    void readsText() throws Exception {
        byte[] content = TEXT.getBytes(StandardCharsets.US_ASCII);
        try (TestServer server = TestServer.start(new InMemoryFiles().with("boot/x", content))) {
            assertThat(read(server, "boot/x", TFTP.NETASCII_MODE)).isEqualTo(localText());
        }
    }

    @Test
    void writesText() throws Exception {
        FakeUploads uploads = FakeUploads.storing();
        try (TestServer server = start(uploads)) {
            write(server, "backup/x", TFTP.NETASCII_MODE, localText());

            assertThat(uploads.sink().content()).isEqualTo(TEXT.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static byte[] localText() {
        return TEXT.replace("\n", System.lineSeparator()).getBytes(StandardCharsets.US_ASCII);
    }

    private static TestServer start(FakeUploads uploads) throws Exception {
        return TestServer.start(TestServer.settings("127.0.0.1", TestServer.LATE), uploads);
    }

    private byte[] read(TestServer server, String path, int mode) throws Exception {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        client.receiveFile(
                path,
                mode,
                content,
                server.address().getAddress(),
                server.address().getPort());
        return content.toByteArray();
    }

    private void write(TestServer server, String path, int mode, byte[] content) throws Exception {
        client.sendFile(
                path,
                mode,
                new ByteArrayInputStream(content),
                server.address().getAddress(),
                server.address().getPort());
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
