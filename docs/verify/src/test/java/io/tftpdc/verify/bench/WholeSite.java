package io.tftpdc.verify.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tftpdc.admin.AdminConfig;
import io.tftpdc.admin.AdminServer;
import io.tftpdc.broker.EmbeddedKafka;
import io.tftpdc.client.ConvergenceReport;
import io.tftpdc.client.FileCatalog;
import io.tftpdc.client.TftpdcClient;
import io.tftpdc.client.TopicWriter;
import io.tftpdc.edge.EdgeNode;
import io.tftpdc.edge.config.EdgeConfig;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.mirror.MirrorMakerProcess;
import io.tftpdc.mirror.site.SiteFile;
import io.tftpdc.registry.EmbeddedRegistry;
import io.tftpdc.runtime.ConfigFile;
import io.tftpdc.streams.ProcessorsConfig;
import io.tftpdc.streams.StreamsProcessors;
import io.tftpdc.topic.TopicCreator;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.DerivedSchemaIds;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A site in this JVM: a broker and a registry, and what is started of the rest. Used by one thread. */
final class WholeSite implements AutoCloseable {
    static final Duration REPAIR_AFTER = Duration.ofSeconds(5);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final SiteName name;
    private final Path directory;
    private final int entries;
    private final EmbeddedKafka kafka;
    private final EmbeddedRegistry registry;
    private final Admin cluster;
    private final DerivedSchemaIds ids = new DerivedSchemaIds();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private @Nullable StreamsProcessors streams;
    private @Nullable FileCatalog catalog;
    private @Nullable EdgeNode edge;
    private @Nullable TftpdcClient rest;

    private WholeSite(SiteName name, Path directory, int entries) throws IOException {
        this.name = name;
        this.directory = directory;
        this.entries = entries;
        this.kafka = EmbeddedKafka.startForTests(directory.resolve("kafka"));
        this.cluster = Admin.create(kafkaSettings());
        new TopicCreator(cluster, (short) 1).ensure(Topics.all());
        this.registry = EmbeddedRegistry.start(kafka.bootstrapServers(), 0);
    }

    /** @param entries of a whole index */
    static WholeSite start(SiteName name, Path directory, int entries) throws IOException {
        return new WholeSite(name, directory, entries);
    }

    private Map<String, Object> kafkaSettings() {
        return Map.of("bootstrap.servers", kafka.bootstrapServers());
    }

    SiteName name() {
        return name;
    }

    TopicWriter writer() {
        Map<String, Object> settings = new HashMap<>(kafkaSettings());
        settings.put("linger.ms", 20);
        return TopicWriter.connect(settings, ids);
    }

    /** @param state directory of the stores, below the site's */
    void index(String state) throws IOException {
        String yaml = """
                site: %s
                port: 0
                kafka: {bootstrap-servers: "%s"}
                registry-url: %s
                state-directory: %s
                repair: {after: %ds}
                """.formatted(
                name, kafka.bootstrapServers(), registry.url(), directory.resolve(state), REPAIR_AFTER.toSeconds());
        ProcessorsConfig config = ConfigFile.parse(ProcessorsConfig.class, "streams.yaml", yaml, any -> null);
        StreamsProcessors started = StreamsProcessors.start(config, ids);
        streams = started;
        catalog = new FileCatalog(streamsUrl());
    }

    private URI streamsUrl() {
        return URI.create("http://127.0.0.1:" + Objects.requireNonNull(streams).port());
    }

    void stopIndex() {
        Objects.requireNonNull(catalog).close();
        Objects.requireNonNull(streams).close();
        streams = null;
    }

    /** Whether the index is ready and has all entries. */
    boolean hasAll() throws IOException {
        return Objects.requireNonNull(streams).health().ready().up()
                && Objects.requireNonNull(catalog)
                                .digests(Tenant.DEFAULT)
                                .path("tenants")
                                .path("default")
                                .path("files")
                                .asLong()
                        >= entries;
    }

    FileContent contentOf(FileKey key) throws IOException {
        return Objects.requireNonNull(catalog)
                .entry(key)
                .current()
                .orElseThrow()
                .content();
    }

    void admin() throws IOException {
        AdminServer admin = AdminServer.start(
                AdminConfig.of(name.value(), kafka.bootstrapServers(), 0, URI.create(registry.url()), streamsUrl()),
                ids);
        opened.push(admin);
        TftpdcClient client = new TftpdcClient(URI.create(admin.url()));
        opened.push(client);
        rest = client;
    }

    /** @param paths whether the files that differ are asked for, too */
    ConvergenceReport convergence(boolean paths) throws IOException {
        return Objects.requireNonNull(rest).convergence("default", paths);
    }

    /** All content is fetched on demand only. */
    void edge(String node) throws IOException {
        String yaml = """
                site: %s
                node: %s
                kafka: {bootstrap-servers: "%s"}
                registry-url: %s
                data-directory: %s
                tftp: {listen: ["127.0.0.1"], port: 0}
                http: {host: "127.0.0.1", port: 0}
                placement: [{path: "**", mode: on-demand}]
                """.formatted(name, node, kafka.bootstrapServers(), registry.url(), directory.resolve(node));
        edge = EdgeNode.start(ConfigFile.parse(EdgeConfig.class, "edge.yaml", yaml, any -> null), ids);
    }

    void stopEdge() {
        Objects.requireNonNull(edge).close();
        edge = null;
    }

    boolean edgeHasAll() throws IOException {
        EdgeNode node = Objects.requireNonNull(edge);
        return node.health().ready().up()
                && JSON.readTree(node.status()).findValue("entries").asLong() >= entries;
    }

    /** Begins to pull from the peer. */
    void mirror(WholeSite peer) throws IOException {
        String yaml =
                """
                site: %s
                kafka: {bootstrap-servers: "%s"}
                registry-url: %s
                replication-factor: 1
                peers: [{site: %s, bootstrap-servers: "%s"}]
                ops: {port: 0}
                """.formatted(name, kafka.bootstrapServers(), registry.url(), peer.name, peer.kafka.bootstrapServers());
        opened.push(MirrorMakerProcess.start(ConfigFile.parse(SiteFile.class, "mirror.yaml", yaml, any -> null)));
    }

    /** Offsets of the events that came from the peer; at least as many as there are events. */
    long mirrored(SiteName peer) throws InterruptedException {
        String topic = Topics.FILE_EVENTS.mirroredFrom(peer).name();
        try {
            return cluster
                    .listOffsets(IntStream.range(0, Topics.PARTITIONS)
                            .boxed()
                            .collect(Collectors.toMap(
                                    partition -> new TopicPartition(topic, partition),
                                    partition -> OffsetSpec.latest())))
                    .all()
                    .get()
                    .values()
                    .stream()
                    .mapToLong(ListOffsetsResult.ListOffsetsResultInfo::offset)
                    .sum();
        } catch (ExecutionException e) {
            return 0; // the topic is not there yet
        }
    }

    /** How many entries the site's index has announced again to mend another's. */
    long announced() throws IOException, InterruptedException {
        String metrics = http.send(
                        HttpRequest.newBuilder(streamsUrl().resolve("/metrics")).build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        Matcher line = Pattern.compile("(?m)^tftpdc_repair_entries_announced_total(?:\\{.*})? (\\S+)$")
                .matcher(metrics);
        if (!line.find()) {
            throw new IllegalStateException("there is no meter of announced entries at " + streamsUrl());
        }
        return (long) Double.parseDouble(line.group(1));
    }

    @Override
    public void close() throws Exception {
        if (edge != null) {
            edge.close();
        }
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
        if (streams != null) {
            stopIndex();
        }
        http.close();
        registry.close();
        cluster.close(Duration.ofSeconds(5));
        kafka.close();
    }
}
