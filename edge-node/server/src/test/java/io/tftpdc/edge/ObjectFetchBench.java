package io.tftpdc.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tftpdc.edge.config.EdgeConfig;
import io.tftpdc.edge.testing.TestSite;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.ObjectLocation;
import io.tftpdc.objects.testing.RangeServer;
import io.tftpdc.runtime.ConfigFile;
import io.tftpdc.topic.Topics;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How fast an edge node fetches a large file from the site's Kafka, and from a web server that it lies on, all of them on
 * loopback: ahead of time, until the last chunk is checked and on its disk, and on demand, until an HTTP client has the last
 * byte. Prints what it took. No part of the build: its name fits no pattern; docs/how-to/benchmark.md tells how it is run.
 *
 * <p>Both sources take turns, with other bytes in every round, so that nothing is there already. The first round warms up.
 */
class ObjectFetchBench {
    private static final int MIB = Integer.getInteger("mib", 256);
    private static final int ROUNDS = Integer.getInteger("rounds", 5);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private enum Source {
        KAFKA,
        OBJECT
    }

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private TestSite site;
    private RangeServer server;
    private EdgeNode node;
    private long seed = 1;

    @BeforeEach
    void start() throws Exception {
        site = new TestSite(directory.resolve("kafka"));
        server = RangeServer.start();
        String yaml = """
                site: a
                kafka: {bootstrap-servers: "%s"}
                data-directory: %s
                tftp: {listen: ["127.0.0.1"], port: 0}
                http: {host: "127.0.0.1", port: 0}
                placement: [{path: "eager/**", mode: eager}, {mode: on-demand}]
                content: {quota: %dMiB}
                object-stores: [{name: web, url: "%s"}]
                """.formatted(site.kafka().bootstrapServers(), directory.resolve("edge"), 3 * MIB, server.url());
        node = EdgeNode.start(ConfigFile.parse(EdgeConfig.class, "edge.yaml", yaml, name -> null), site.ids());
        await().atMost(PATIENCE).until(() -> node.health().ready().up());
    }

    @AfterEach
    void stop() {
        http.close();
        if (node != null) {
            node.close();
        }
        server.close();
        site.close();
    }

    @Test
    void bothSources() throws Exception {
        long[][] ahead = new long[Source.values().length][ROUNDS];
        long[][] demand = new long[Source.values().length][ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            for (Source source : Source.values()) {
                ahead[source.ordinal()][round] = aheadOfTime(source);
                demand[source.ordinal()][round] = onDemand(source);
            }
        }
        for (Source source : Source.values()) {
            report("ahead", source, ahead[source.ordinal()]);
            report("demand", source, demand[source.ordinal()]);
        }
    }

    /** From the index entry to the last chunk on disk. */
    private long aheadOfTime(Source source) {
        String path = "eager/" + source + "-" + seed;
        FileContent content = store(source, path, random());
        long began = System.nanoTime();
        enter(path, content);
        await().pollInterval(Duration.ofMillis(10)).atMost(PATIENCE).until(() -> isHere(path));
        long took = System.nanoTime() - began;
        server.remove(path);
        return took;
    }

    /** From the request to the last byte, every one of which is compared. */
    private long onDemand(Source source) throws Exception {
        String path = "demand/" + source + "-" + seed;
        byte[] bytes = random();
        enter(path, store(source, path, bytes));
        await().atMost(PATIENCE).until(() -> known(path));
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + node.httpAddress().getPort() + "/files/" + path))
                .build();
        long began = System.nanoTime();
        HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        int at = 0;
        try (InputStream body = response.body()) {
            byte[] buffer = new byte[1 << 16];
            for (int length = body.read(buffer); length >= 0; length = body.read(buffer)) {
                assertThat(Arrays.equals(buffer, 0, length, bytes, at, at + length))
                        .isTrue();
                at += length;
            }
        }
        long took = System.nanoTime() - began;
        assertThat(at).isEqualTo(bytes.length);
        server.remove(path);
        return took;
    }

    private FileContent store(Source source, String path, byte[] bytes) {
        if (source == Source.KAFKA) {
            return site.storeContent(
                    bytes,
                    FileContent.CHUNK_SIZE,
                    true,
                    (hash, location) -> site.send(Topics.CONTENT_LOCATIONS, hash, location));
        }
        server.put(path, bytes);
        return site.listContent(bytes, true).at(new ObjectLocation(server.url() + path));
    }

    private void enter(String path, FileContent content) {
        FileKey key = FileKey.of("default", path);
        site.send(Topics.FILE_INDEX, key, site.entry(key, content, Map.of()));
    }

    private boolean known(String path) throws Exception {
        return status(path).contains("\"known\":true");
    }

    private boolean isHere(String path) throws Exception {
        return status(path).contains("\"resident\":true");
    }

    private String status(String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + node.httpAddress().getPort() + "/status/files/default/" + path);
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private byte[] random() {
        byte[] bytes = new byte[MIB << 20];
        new Random(seed++).nextBytes(bytes);
        return bytes;
    }

    private static void report(String row, Source source, long[] nanos) {
        long[] measured = LongStream.of(nanos).skip(1).sorted().toArray();
        System.out.printf(
                "%-6s %-6s %d MiB: median %.2f s, %.0f MiB/s; %s to %s MiB/s in %d rounds, first %.0f%n",
                row,
                source,
                MIB,
                measured[measured.length / 2] / 1e9,
                rate(measured[measured.length / 2]),
                Math.round(rate(measured[measured.length - 1])),
                Math.round(rate(measured[0])),
                measured.length,
                rate(nanos[0]));
    }

    private static double rate(long nanos) {
        return MIB / (nanos / 1e9);
    }
}
