package io.tftpdc.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tftpdc.broker.BrokerMain;
import io.tftpdc.edge.testing.ChildJvm;
import io.tftpdc.edge.testing.EdgeProcess;
import io.tftpdc.edge.testing.StandInProjections;
import io.tftpdc.edge.testing.TestSite;
import io.tftpdc.edge.testing.TftpStore;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.Sha256;
import io.tftpdc.runtime.FreePort;
import io.tftpdc.topic.TopicCreator;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaIds;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Edge and broker are killed again and again while clients upload; afterwards every acknowledged upload is there, and
 * whatever is there is whole.
 *
 * <p>Fifty uploads and two kills in every build; the profile {@code soak} makes a thousand and twenty.
 */
class UploadKillIT {
    private static final int UPLOADS = Integer.getInteger("uploads", 50);
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    /** Of edge and broker in turn. */
    private static final int KILLS = Math.max(2, UPLOADS / 50);

    private static final int CLIENTS = 4;
    /** Bytes; so many that no two contents are the same. */
    private static final int SMALLEST = 20;

    private static final int LARGEST = 3_000;
    /** Gives up within seconds, so that the next upload meets the next state of things. */
    private static final TftpStore CLIENT = TftpStore.PLAIN.patient(400, 6);

    @TempDir
    private Path directory;

    private final SchemaIds ids = EdgeProcess.knowing(TestSite.TOPICS);
    private final HttpClient http = HttpClient.newHttpClient();
    private final AtomicInteger done = new AtomicInteger();
    /** Uploads: some before a kill, the others while what was killed comes back. */
    private final Semaphore allowed = new Semaphore(0);

    private volatile boolean enough;

    @Test
    void nothingAcknowledgedIsLostAndNothingIsTornWhenEdgeAndBrokerAreKilled() throws Exception {
        System.out.println("seed " + SEED + ", " + UPLOADS + " uploads");
        int tftpPort = FreePort.on("127.0.0.1");
        try (ChildJvm broker = broker()) {
            Map<String, Object> kafka = Map.of("bootstrap.servers", broker.start());
            createTopics(kafka);
            Path yaml = edgeFile(kafka, tftpPort);
            try (ChildJvm edge = new ChildJvm(EdgeProcess.class, directory.resolve("edge.log"), yaml.toString());
                    StandInProjections projections = new StandInProjections(kafka, ids)) {
                String httpPort = edge.start();
                awaitReady(httpPort);

                List<Client> clients = new ArrayList<>();
                for (int i = 0; i < CLIENTS; i++) {
                    clients.add(new Client(i, new InetSocketAddress(InetAddress.getLoopbackAddress(), tftpPort)));
                }
                clients.forEach(Thread::start);
                Random random = new Random(SEED);
                for (int kill = 0; kill < KILLS; kill++) {
                    int next = done.get() + random.nextInt(UPLOADS / KILLS * 3 / 4);
                    allowed.release(UPLOADS / KILLS);
                    await().atMost(Duration.ofMinutes(2)).until(() -> done.get() >= next);
                    ChildJvm victim = kill % 2 == 0 ? edge : broker;
                    victim.kill();
                    String said = victim.start();
                    httpPort = victim.equals(edge) ? said : httpPort;
                }
                await().atMost(Duration.ofMinutes(2)).until(() -> done.get() >= UPLOADS / KILLS * KILLS);
                enough = true;
                allowed.release(CLIENTS);
                for (Client client : clients) {
                    client.join();
                }
                System.out.println(KILLS + " kills; acknowledged " + acknowledged(clients) + " of " + done);

                awaitReady(httpPort);
                String status = "http://127.0.0.1:" + httpPort + "/status";
                await().atMost(Duration.ofMinutes(2))
                        .until(() -> body(status).contains("\"uploads\":{\"active\":0,\"waiting\":0,"));
                assertThat(acknowledged(clients)).as("the test tests something").isGreaterThan(UPLOADS / 10);
                List<FileEvent> events = TestSite.read(kafka, ids, Topics.FILE_EVENTS);
                assertNothingIsTorn(clients, events);
                for (Client client : clients) {
                    client.assertAllArePublished(events);
                    client.assertAllAreServed("http://127.0.0.1:" + httpPort + "/files/");
                }
            }
        }
        http.shutdownNow();
    }

    private static int acknowledged(List<Client> clients) {
        return clients.stream().mapToInt(client -> client.acknowledged.size()).sum();
    }

    private ChildJvm broker() throws IOException {
        return new ChildJvm(
                BrokerMain.class,
                directory.resolve("broker.log"),
                directory.resolve("kafka").toString(),
                "127.0.0.1",
                String.valueOf(FreePort.on("127.0.0.1")),
                "127.0.0.1",
                String.valueOf(FreePort.on("127.0.0.1")));
    }

    private void createTopics(Map<String, Object> kafka) {
        try (Admin admin = Admin.create(kafka)) {
            new TopicCreator(admin, (short) 1).ensure(TestSite.TOPICS);
        }
    }

    private Path edgeFile(Map<String, Object> kafka, int tftpPort) throws IOException {
        return Files.writeString(directory.resolve("edge.yaml"), """
                site: a
                kafka: {bootstrap-servers: "%s"}
                data-directory: %s
                store-memory: 16MiB
                tftp: {listen: ["127.0.0.1"], port: %d}
                http: {host: "127.0.0.1", port: 0}
                uploads:
                  rules:
                    - {path: "spooled/**", overwrite: true, on-kafka-away: spool, commit-timeout: 1s}
                    - {path: "refused/**", overwrite: true, commit-timeout: 2s}
                """.formatted(
                        kafka.get("bootstrap.servers"), directory.resolve("edge"), tftpPort));
    }

    /** Uploads one file after the other; a fifth of them are new versions of one file. */
    private final class Client extends Thread {
        private final int number;
        private final InetSocketAddress server;
        private final Random random;
        private final Map<Sha256, String> acknowledged = new HashMap<>();
        private final Map<String, List<Sha256>> tried = new HashMap<>();
        /** Of each path, the contents that may be the last one: the one acknowledged last, and all tried after it. */
        private final Map<String, List<Sha256>> possible = new HashMap<>();

        Client(int number, InetSocketAddress server) {
            super("client-" + number);
            this.number = number;
            this.server = server;
            this.random = new Random(SEED + number);
        }

        @Override
        public void run() {
            for (int i = 0; ; i++, done.incrementAndGet()) {
                allowed.acquireUninterruptibly();
                if (enough) {
                    return;
                }
                String folder = i % 2 == 0 ? "spooled/" : "refused/";
                String path = folder + number + "/" + (i % 10 < 2 ? "again" : String.valueOf(i));
                byte[] content = new byte[random.nextInt(SMALLEST, LARGEST)];
                random.nextBytes(content);
                Sha256 hash = Sha256.of(content);
                tried.computeIfAbsent(path, key -> new ArrayList<>()).add(hash);
                try {
                    CLIENT.store(server, path, content);
                    acknowledged.put(hash, path);
                    possible.put(path, new ArrayList<>(List.of(hash)));
                } catch (IOException notAcknowledged) {
                    possible.computeIfPresent(path, (key, hashes) -> {
                        hashes.add(hash);
                        return hashes;
                    });
                }
            }
        }

        void assertAllArePublished(List<FileEvent> events) {
            Set<Sha256> published = events.stream()
                    .map(event -> ((FileEvent.FilePublished) event).content().hash())
                    .collect(Collectors.toSet());
            acknowledged.forEach((hash, path) ->
                    assertThat(published).as("acknowledged upload of " + path).contains(hash));
        }

        void assertAllAreServed(String base) {
            possible.forEach((path, hashes) -> await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertThat(Sha256.of(get(base + path))).as(path).isIn(hashes)));
        }
    }

    /** Each event is of an upload that was sent whole, and an id stands for one event only. */
    private static void assertNothingIsTorn(List<Client> clients, List<FileEvent> events) {
        Map<EventEnvelope, Sha256> hashes = new HashMap<>();
        for (FileEvent event : events) {
            Sha256 hash = ((FileEvent.FilePublished) event).content().hash();
            String path = event.key().path().value();
            int client = Integer.parseInt(path.split("/", -1)[1]);
            assertThat(clients.get(client).tried.get(path)).as(path).contains(hash);
            assertThat(hashes.put(event.envelope(), hash)).as(path).isIn(null, hash);
        }
    }

    private void awaitReady(String httpPort) {
        String ready = "http://127.0.0.1:" + httpPort + "/health/ready";
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() -> send(ready).statusCode() == 200);
    }

    private String body(String uri) throws IOException, InterruptedException {
        return new String(send(uri).body(), StandardCharsets.UTF_8);
    }

    private byte[] get(String uri) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = send(uri);
        assertThat(answer.statusCode()).as(uri).isEqualTo(200);
        return answer.body();
    }

    private HttpResponse<byte[]> send(String uri) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.ofByteArray());
    }
}
