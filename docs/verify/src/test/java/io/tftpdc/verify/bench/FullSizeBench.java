package io.tftpdc.verify.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tftpdc.client.ConvergenceReport;
import io.tftpdc.client.ConvergenceReport.DifferingPath;
import io.tftpdc.client.FilePublisher;
import io.tftpdc.client.PublishOutcome;
import io.tftpdc.client.PublishRequest;
import io.tftpdc.client.TopicWriter;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridClock;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.SiteName;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.Topics;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two whole sites with an index of a million entries: how long it takes to fold them, to fill an empty edge node and an
 * empty site, to find the one file in which two sites differ, and to mend it. Prints what it took. No part of the build:
 * its name fits no pattern; {@code compose/bench-entries} runs it.
 *
 * <p>Brokers, registries, streams processors, mirrors, edge nodes and admin APIs are the real ones, all in this JVM. Every
 * entry is a file of its own; all have the same content, because bytes are not what is measured.
 */
class FullSizeBench {
    private static final int ENTRIES = Integer.getInteger("entries", 1_000_000);
    private static final Duration PATIENCE = Duration.ofSeconds(60 + ENTRIES / 2_000);
    private static final SiteName DC1 = new SiteName("dc1");
    private static final SiteName DC2 = new SiteName("dc2");

    @TempDir
    private Path directory;

    @Test
    void twoSitesOfManyEntries() throws Exception {
        try (WholeSite one = WholeSite.start(DC1, directory.resolve("dc1"), ENTRIES)) {
            fill(one);
            index(one);
            edges(one);
            try (WholeSite two = WholeSite.start(DC2, directory.resolve("dc2"), ENTRIES)) {
                long announced = join(one, two);
                lose(one, two, 1);
                lose(one, two, 1_000);
                assertThat(announced)
                        .as("entries announced again although the mirror brought them")
                        .isZero();
            }
        }
        memory();
    }

    private void fill(WholeSite site) throws Exception {
        long began = System.nanoTime();
        try (TopicWriter writer = site.writer()) {
            FileContent content = publishOne(site, writer);
            long stamp = System.currentTimeMillis() - ENTRIES;
            for (int i = 1; i < ENTRIES; i++) {
                write(writer, Topics.FILE_EVENTS, event(key(i), DC1, HybridTime.of(stamp + i, 0), content));
            }
        }
        report("fill", "%,d events written to tftp.file-events in %.1f s", ENTRIES, seconds(began));
    }

    private FileContent publishOne(WholeSite site, TopicWriter writer) throws IOException {
        PublishOutcome outcome = new FilePublisher(writer, site.name(), new HybridClock(System::currentTimeMillis))
                .publish(
                        PublishRequest.of(key(0), "user:bench"),
                        new ByteArrayInputStream("the same in every file".getBytes(UTF_8)));
        if (outcome instanceof PublishOutcome.Accepted accepted
                && accepted.events().get(0) instanceof FileEvent.FilePublished published) {
            return published.content();
        }
        throw new IllegalStateException("not published: " + outcome);
    }

    private static void write(TopicWriter writer, Topic<FileKey, FileEvent> topic, FileEvent event) {
        writer.write(topic, event.key(), event).exceptionally(failed -> {
            throw new AssertionError("an event was not written", failed);
        });
    }

    private static FileEvent event(FileKey key, SiteName origin, HybridTime time, FileContent content) {
        return new FileEvent.FilePublished(
                new EventEnvelope(new EventId(UUID.randomUUID()), origin, time, "user:bench"),
                key,
                content,
                "application/octet-stream",
                Map.of("model", "x9300"));
    }

    private static FileKey key(int i) {
        return FileKey.of("default", "rack-" + i / 1000 + "/device-" + i + "/startup.cfg");
    }

    /** The site's index: folded from the events, started again, and restored where the disk was lost. */
    private void index(WholeSite site) throws Exception {
        report("index", "%,d events folded in %.1f s", ENTRIES, took(() -> site.index("state"), site::hasAll));
        site.stopIndex();
        report("index", "started again, ready after %.1f s", took(() -> site.index("state"), site::hasAll));
        site.stopIndex();
        report("index", "without its disk, ready after %.1f s", took(() -> site.index("other"), site::hasAll));
    }

    private void edges(WholeSite site) throws Exception {
        site.admin();
        report(
                "edge",
                "an empty node has all %,d entries after %.1f s",
                ENTRIES,
                took(() -> site.edge("edge-1"), site::edgeHasAll));
        site.stopEdge();
        report("edge", "started again, ready with all after %.1f s", took(() -> site.edge("edge-1"), site::edgeHasAll));
        report("edge", "digest of the node is that of the index after %.1f s", took(() -> {}, () -> agree(site, 1)));
    }

    /** @return how many entries were announced although the mirror brought them */
    private long join(WholeSite one, WholeSite two) throws Exception {
        long began = System.nanoTime();
        two.index("state");
        two.edge("edge-1");
        two.mirror(one);
        one.mirror(two);
        until(() -> two.mirrored(DC1) >= ENTRIES);
        report("site", "an empty site has all %,d events after %.1f s", ENTRIES, seconds(began));
        until(two::hasAll);
        report("site", "its index has all after %.1f s", seconds(began));
        until(two::edgeHasAll);
        report("site", "its edge node has all after %.1f s", seconds(began));
        until(() -> agree(one, 2));
        report("site", "both sites and both nodes are told to agree after %.1f s", seconds(began));
        return one.announced() + two.announced();
    }

    /** As if dc2 had lost records of its own that dc1 has read: dc1 gets them as its mirror would have brought them. */
    private void lose(WholeSite one, WholeSite two, int lost) throws Exception {
        long announced = one.announced();
        FileContent content = one.contentOf(key(0));
        long began = System.nanoTime();
        try (TopicWriter writer = one.writer()) {
            long stamp = System.currentTimeMillis();
            for (int i = 0; i < lost; i++) {
                FileKey key = FileKey.of("default", "lost-" + lost + "/" + i);
                write(writer, Topics.FILE_EVENTS.mirroredFrom(DC2), event(key, DC2, HybridTime.of(stamp, i), content));
            }
        }
        until(() -> !same(one, two));
        double noticed = seconds(began);
        began = System.nanoTime();
        List<DifferingPath> paths = paths(one);
        double named = seconds(began);
        assertThat(paths).isNotEmpty().allSatisfy(path -> assertThat(path.path())
                .startsWith("lost-" + lost + "/"));
        report(
                "find",
                "%d lost: the buckets are known after %.1f s, %d files of them named %.2f s after asking",
                lost,
                noticed,
                paths.size(),
                named);
        until(() -> agree(one, 2));
        report(
                "repair",
                "%d lost: all agree %.1f s later, of which repair.after is %.0f s",
                lost,
                seconds(began),
                WholeSite.REPAIR_AFTER.toMillis() / 1e3);
        assertThat(one.announced() - announced).as("entries announced").isEqualTo(lost);
    }

    private static boolean same(WholeSite one, WholeSite two) throws IOException {
        return one.convergence(false).sites().stream()
                .filter(site -> site.site().equals(two.name().value()))
                .allMatch(site -> site.state().equals("same"));
    }

    private static List<DifferingPath> paths(WholeSite site) throws IOException {
        return site.convergence(true).sites().stream()
                .flatMap(one -> one.tenants().stream())
                .flatMap(tenant -> tenant.paths().stream())
                .toList();
    }

    /** Every site and every node, by what each says of itself. */
    private static boolean agree(WholeSite site, int sites) throws IOException {
        ConvergenceReport report = site.convergence(false);
        return report.agree()
                && report.sites().size() == sites
                && report.nodes().stream()
                                .filter(node -> node.role().equals("edge"))
                                .count()
                        == sites;
    }

    private static double took(Action action, Callable<Boolean> done) throws Exception {
        long began = System.nanoTime();
        action.run();
        until(done);
        return seconds(began);
    }

    /** What is asked may be starting. */
    private static void until(Callable<Boolean> done) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(done);
    }

    private interface Action {
        void run() throws Exception;
    }

    private static double seconds(long began) {
        return (System.nanoTime() - began) / 1e9;
    }

    private static void memory() throws IOException {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        String peak = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .findFirst()
                .orElse("");
        report(
                "memory",
                "%d MiB of heap in use at the end, %s, all of both sites in one process",
                (runtime.totalMemory() - runtime.freeMemory()) >> 20,
                peak);
    }

    private static void report(String row, String format, Object... figures) {
        System.out.printf("%-7s %s%n", row, String.format(format, figures));
    }
}
