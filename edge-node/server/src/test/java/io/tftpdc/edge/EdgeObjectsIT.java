package io.tftpdc.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tftpdc.edge.config.EdgeConfig;
import io.tftpdc.edge.testing.TestSite;
import io.tftpdc.edge.testing.TftpFetch;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.ObjectLocation;
import io.tftpdc.objects.testing.RangeServer;
import io.tftpdc.runtime.ConfigFile;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.packet.TftpPacketCodec;
import io.tftpdc.tftp.packet.TransferMode;
import io.tftpdc.topic.Topics;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole node serves files whose bytes were never in Kafka. */
class EdgeObjectsIT {
    @TempDir
    private Path directory;

    private TestSite site;
    private RangeServer server;
    private EdgeNode node;

    @BeforeEach
    void start() throws IOException {
        site = new TestSite(directory.resolve("kafka"));
        server = RangeServer.start();
        String yaml = """
                site: a
                kafka: {bootstrap-servers: "%s"}
                data-directory: %s
                store-memory: 16MiB
                tftp: {listen: ["127.0.0.1"], port: 0}
                http: {host: "127.0.0.1", port: 0}
                placement: [{path: "eager/**", mode: eager}, {mode: on-demand}]
                content: {fetch-timeout: 8s, read-ahead: 1}
                object-stores: [{name: web, url: "%s"}]
                """.formatted(site.kafka().bootstrapServers(), directory.resolve("edge"), server.url());
        node = EdgeNode.start(ConfigFile.parse(EdgeConfig.class, "edge.yaml", yaml, name -> null), site.ids());
        await().atMost(Duration.ofSeconds(60)).until(() -> node.health().ready().up());
    }

    @AfterEach
    void stop() {
        if (node != null) {
            node.close();
        }
        server.close();
        site.close();
    }

    @Test
    void servingBeginsWhileTheRestIsStillBeingFetched() throws Exception {
        byte[] image = random(1, 5 * FileContent.CHUNK_SIZE + 17);
        publish("image.bin", image, false);
        CountDownLatch firstBlockIsHere = new CountDownLatch(1);
        server.makeTrouble(exchange -> {
            String range = exchange.getRequestHeaders().getFirst("Range");
            if (!range.startsWith("bytes=0-")) {
                awaitQuietly(firstBlockIsHere);
            }
            return false;
        });

        byte[] first = firstBlock("image.bin");
        firstBlockIsHere.countDown();

        assertThat(first).isEqualTo(Arrays.copyOf(image, 512));
        assertThat(TftpFetch.fetch(tftp(), "image.bin")).isEqualTo(image);
        assertThat(get("/files/image.bin").body()).isEqualTo(image);
        assertThat(server.requests()).as("each chunk is read once").doesNotHaveDuplicates();
    }

    @Test
    void whatIsEagerComesAheadOfTimeAndIsServedWithoutTheStore() throws Exception {
        byte[] image = random(2, 3 * FileContent.CHUNK_SIZE);
        publish("eager/image.bin", image, true);
        await().atMost(Duration.ofSeconds(20)).until(() -> server.requests().size() == 3);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> metrics().contains("tftpdc_edge_content_chunks 4.0")
                        || metrics().matches("(?s).*tftpdc_edge_content_chunks\\{[^}]*} 4.0.*"));

        server.close();

        assertThat(TftpFetch.fetch(tftp(), "eager/image.bin")).isEqualTo(image);
    }

    @Test
    void aCorruptedObjectIsNotServedAndClientAndOperatorAreTold() throws Exception {
        byte[] image = random(3, FileContent.CHUNK_SIZE + 100);
        publish("corrupted.bin", image, false);
        byte[] other = image.clone();
        other[99] ^= 4;
        server.put("corrupted.bin", other);

        assertThatThrownBy(() -> TftpFetch.fetch(tftp(), "corrupted.bin"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("object store web has other bytes now than were published");

        assertThat(get("/files/corrupted.bin").statusCode()).isEqualTo(503);
        assertThat(metrics())
                .containsPattern("tftpdc_edge_content_object_reads_total\\{[^}]*outcome=\"changed\"[^}]*store=\"web\"");
    }

    @Test
    void aRefusalAndAStoreThatIsAwayAreToldAndEndWhenItGives() throws Exception {
        byte[] image = random(4, 1_000);
        publish("image.bin", image, false);
        server.makeTrouble(exchange -> {
            exchange.sendResponseHeaders(403, -1);
            return true;
        });
        assertThatThrownBy(() -> TftpFetch.fetch(tftp(), "image.bin"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("object store web does not let this node read it");
        assertThat(node.status())
                .contains("\"objectStores\":[{\"store\":\"web\",\"outcome\":\"refused\",\"httpStatus\":403,");
        assertThat(node.health().ready().up()).as("what is here is served").isTrue();
        assertThat(new String(get("/health/ready").body(), StandardCharsets.UTF_8))
                .contains("object store web is refused for 1 objects since ");

        server.goAway();
        await().atMost(Duration.ofSeconds(30)).until(() -> error("image.bin").contains("does not answer"));

        server.makeNoTrouble();
        server.comeBack();
        await().atMost(Duration.ofSeconds(30)).until(() -> error("image.bin").isEmpty());
        assertThat(TftpFetch.fetch(tftp(), "image.bin")).isEqualTo(image);
        assertThat(node.status()).contains("\"objectStores\":[]");
    }

    /** As the publisher does: the object stays where it is; a list that is no part of the event goes to Kafka. */
    private void publish(String path, byte[] bytes, boolean byManifest) {
        server.put(path, bytes);
        FileContent content = site.listContent(bytes, byManifest).at(new ObjectLocation(server.url() + path));
        FileKey key = FileKey.of("default", path);
        site.send(Topics.FILE_INDEX, key, site.entry(key, content, Map.of()));
        await().atMost(Duration.ofSeconds(20)).until(() -> node.status().contains("\"entries\":1"));
    }

    /** The server's message, or empty when it gave the file. */
    private String error(String path) {
        try {
            TftpFetch.fetch(tftp(), path);
            return "";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Asks and takes no more than the first block. */
    private byte[] firstBlock(String path) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(10_000);
            ByteBuffer request =
                    TftpPacketCodec.encode(new TftpPacket.ReadRequest(path, TransferMode.OCTET, List.of()));
            byte[] sent = new byte[request.remaining()];
            request.get(sent);
            socket.send(new DatagramPacket(sent, sent.length, tftp()));
            DatagramPacket answer = new DatagramPacket(new byte[2048], 2048);
            socket.receive(answer);
            TftpPacket packet =
                    (TftpPacket) TftpPacketCodec.decode(ByteBuffer.wrap(answer.getData(), 0, answer.getLength()));
            assertThat(packet).isInstanceOf(TftpPacket.Data.class);
            ByteBuffer payload = ((TftpPacket.Data) packet).payload();
            byte[] block = new byte[payload.remaining()];
            payload.get(block);
            return block;
        }
    }

    private InetSocketAddress tftp() {
        return node.tftpAddresses().getFirst();
    }

    private HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + node.httpAddress().getPort() + path);
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
        }
    }

    private String metrics() throws IOException, InterruptedException {
        return new String(get("/metrics").body(), StandardCharsets.UTF_8);
    }

    private static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
