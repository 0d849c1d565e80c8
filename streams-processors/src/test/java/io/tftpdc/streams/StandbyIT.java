package io.tftpdc.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.client.CatalogUnavailableException;
import io.tftpdc.client.FileCatalog;
import io.tftpdc.event.Tenant;
import io.tftpdc.registry.EmbeddedRegistry;
import io.tftpdc.runtime.ConfigFile;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaRegistryClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes of a site that hold each other's state ready. */
class StandbyIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int FILES = 40;

    @TempDir
    private Path directory;

    @Test
    void theProcessThatIsLeftHasTheWholeStateAlreadyAndTakesAllWorkOver() throws Exception {
        try (TestSite site = new TestSite(directory.resolve("kafka"));
                EmbeddedRegistry registry = EmbeddedRegistry.start(site.kafka().bootstrapServers(), 0);
                SchemaRegistryClient ids = SchemaRegistryClient.connect(registry.url());
                StreamsProcessors first = start(site, registry, ids, "standby-1");
                StreamsProcessors second = start(site, registry, ids, "standby-2");
                FileCatalog catalog = new FileCatalog(URI.create("http://127.0.0.1:" + second.port()))) {
            for (int i = 0; i < FILES; i++) {
                site.publishText("standby/" + i, "text " + i);
            }
            TestSite.await("the index", PATIENCE, () -> listed(catalog) == FILES);
            for (String node : new String[] {"standby-1", "standby-2"}) {
                TestSite.await("all state at " + node, PATIENCE, () -> indexStores(node) == Topics.PARTITIONS);
            }

            long began = System.nanoTime();
            first.close();
            site.publishText("standby/after", "text");

            TestSite.await("the other to take over", PATIENCE, () -> listed(catalog) == FILES + 1);
            System.out.printf("Standby took over after %d ms%n", (System.nanoTime() - began) / 1_000_000);
            assertThat(second.health().live().up()).isTrue();
        }
    }

    private StreamsProcessors start(TestSite site, EmbeddedRegistry registry, SchemaRegistryClient ids, String node)
            throws Exception {
        String yaml = """
                site: dc1
                node: %s
                port: 0
                kafka: {bootstrap-servers: "%s", properties: {num.standby.replicas: "1"}}
                registry-url: %s
                state-directory: %s
                """.formatted(node, site.kafka().bootstrapServers(), registry.url(), directory.resolve(node));
        StreamsProcessors started = StreamsProcessors.start(
                ConfigFile.parse(ProcessorsConfig.class, "streams.yaml", yaml, name -> null), ids);
        TestSite.await("readiness", PATIENCE, () -> started.health().ready().up());
        return started;
    }

    /** Partitions of the index whose store is on this process's disk, whether it works on them or only follows. */
    private long indexStores(String node) {
        try (Stream<Path> paths = Files.walk(directory.resolve(node), 5)) {
            return paths.filter(path -> path.endsWith(Path.of("rocksdb", "file-index")))
                    .count();
        } catch (UncheckedIOException e) {
            return 0; // files come and go
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long listed(FileCatalog catalog) {
        try {
            return catalog.list(Tenant.DEFAULT, "standby/", "", 1000, false)
                    .entries()
                    .size();
        } catch (CatalogUnavailableException e) {
            return -1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
