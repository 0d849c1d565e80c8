package io.tftpdc.cli;

import io.tftpdc.client.FileHistory;
import io.tftpdc.client.TftpdcClient;
import io.tftpdc.client.TftpdcClient.Publication;
import io.tftpdc.event.Sha256;
import io.tftpdc.launcher.SitesStatus;
import io.tftpdc.launcher.SitesStatus.Site;
import io.tftpdc.launcher.SmallTftpRead;
import io.tftpdc.launcher.SmallTftpRead.Answer;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Parts the first site from all others, writes to both sides, heals, and waits until all sites have the same state.
 *
 * <pre>
 *   equal ─► cut ─► written on both sides ─► digests differ ─► heal ─► digests equal ─► same bytes ─► losers kept
 * </pre>
 *
 * <p>{@link #close} heals, whatever happened; any thread may call it.
 */
final class PartitionDemo implements AutoCloseable {

    private static final String TENANT = "default";
    private static final int FILES = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Duration ONE_READ = Duration.ofSeconds(2);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);
    private static final int SHORT_DIGEST = 12;

    private final SitesClient sites;
    private final PrintWriter out;
    private final Instant begin = Instant.now();
    /** Of the site that is parted from all others. */
    private @Nullable String parted;

    /** Content by path as it was written at one side. */
    private final Map<String, byte[]> atFirst = new TreeMap<>();

    private final Map<String, byte[]> atSecond = new TreeMap<>();

    PartitionDemo(SitesClient sites, PrintWriter out) {
        this.sites = sites;
        this.out = out;
    }

    /** @throws IOException with what was not as it should be */
    void run() throws IOException, InterruptedException {
        SitesStatus status = sites.status();
        List<Site> all = status.sites();
        Site first = all.get(0);
        Site second = all.get(1);
        healAll(status);
        awaitEqual(all, "before the links are cut");

        part(first.name());
        say("Link", "%s is parted from %s", first.name(), names(all.subList(1, all.size())));
        write(first, second);
        showParted(first, second);
        Map<String, String> digests = digests(all);
        say("Digest", "%s  %s", shown(digests), areEqual(digests) ? "equal" : "differ");
        if (areEqual(digests)) {
            throw new IOException("The digests are equal although both sides were written to");
        }

        long healed = System.nanoTime();
        heal();
        say("Link", "healed");
        digests = awaitEqual(all, "after the links were healed");
        say("Digest", "%s  equal after %s", shown(digests), since(healed));
        showSameBytes(all, healed);
        showWinners(all);
    }

    @Override
    public synchronized void close() {
        if (parted == null) {
            return;
        }
        try {
            heal();
        } catch (IOException e) {
            say("Link", "not healed: %s. Heal it with tftpdc demo heal", String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void part(String site) throws IOException, InterruptedException {
        parted = site;
        change(site, SitesStatus.CUT);
    }

    private synchronized void heal() throws IOException, InterruptedException {
        if (parted != null) {
            change(parted, SitesStatus.UP);
            parted = null;
        }
    }

    /** Both directions of every link of the site. */
    private void change(String site, String state) throws IOException, InterruptedException {
        for (SitesStatus.Link link : sites.status().links()) {
            if (link.from().equals(site) || link.to().equals(site)) {
                sites.change(link.from(), link.to(), state);
            }
        }
    }

    private void healAll(SitesStatus status) throws IOException, InterruptedException {
        for (SitesStatus.Link link : status.links()) {
            if (link.state().equals(SitesStatus.CUT)) {
                sites.change(link.from(), link.to(), SitesStatus.UP);
                say("Link", "%s -> %s was cut, and is healed first", link.from(), link.to());
            }
        }
    }

    private void write(Site first, Site second) throws IOException {
        for (int i = 1; i <= FILES; i++) {
            publish(first, atFirst, "demo/" + first.name() + "-" + i + ".txt");
            publish(second, atSecond, "demo/" + second.name() + "-" + i + ".txt");
            // Who is the later one, and wins, differs from file to file.
            String both = "demo/both-" + i + ".txt";
            publish(i % 2 == 1 ? first : second, i % 2 == 1 ? atFirst : atSecond, both);
            publish(i % 2 == 1 ? second : first, i % 2 == 1 ? atSecond : atFirst, both);
        }
        say("Write", "%d files at %s, %d at %s, %d at both", FILES, first.name(), FILES, second.name(), FILES);
    }

    private void publish(Site site, Map<String, byte[]> written, String path) throws IOException {
        byte[] content =
                (path + ", written at " + site.name() + " at " + begin + "\n").getBytes(StandardCharsets.UTF_8);
        Path file = Files.createTempFile("tftpdc-demo-", ".txt");
        try (TftpdcClient client = new TftpdcClient(site.rest())) {
            Files.write(file, content);
            client.publish(file, new Publication(TENANT, path, "text/plain", Map.of()), bytes -> {});
        } finally {
            Files.delete(file);
        }
        written.put(path, content);
    }

    /** Each side serves what was written there, and what was written at the other one only is not there. */
    private void showParted(Site first, Site second) throws IOException, InterruptedException {
        awaitServed(first, atFirst);
        awaitServed(second, atSecond);
        for (String path : atFirst.keySet()) {
            expectForeign(second, path, atFirst, atSecond);
        }
        for (String path : atSecond.keySet()) {
            expectForeign(first, path, atSecond, atFirst);
        }
        say("Serve", "each side serves what was written there, and nothing that the other one has");
    }

    /** What may be there of an earlier demo, and what was written here, but not what the other side wrote. */
    private static void expectForeign(Site site, String path, Map<String, byte[]> there, Map<String, byte[]> here)
            throws IOException {
        if (!here.containsKey(path)
                && read(site, path) instanceof Answer.Content content
                && Arrays.equals(content.bytes(), there.get(path))) {
            throw new IOException(site.name() + " serves " + path + " although the link is cut");
        }
    }

    private static void awaitServed(Site site, Map<String, byte[]> files) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            while (!(read(site, file.getKey()) instanceof Answer.Content content
                    && Arrays.equals(content.bytes(), file.getValue()))) {
                if (System.nanoTime() - deadline > 0) {
                    throw new IOException(site.name() + " does not serve " + file.getKey()
                            + " as it was written there, after " + PATIENCE.toSeconds() + " s");
                }
                Thread.sleep(BETWEEN_TRIES);
            }
        }
    }

    private void showSameBytes(List<Site> all, long healed) throws IOException, InterruptedException {
        Map<String, byte[]> winners = new TreeMap<>(atFirst);
        winners.putAll(atSecond);
        for (String path : winners.keySet()) {
            if (atFirst.containsKey(path) && atSecond.containsKey(path)) {
                winners.put(path, writtenAs(path, winner(all.get(0), path).sha256()));
            }
        }
        for (Site site : all) {
            awaitServed(site, winners);
        }
        say(
                "Serve",
                "all %d files come from every site, byte for byte the same, after %s",
                winners.size(),
                since(healed));
    }

    private void showWinners(List<Site> all) throws IOException {
        Set<String> both = new LinkedHashSet<>(atFirst.keySet());
        both.retainAll(atSecond.keySet());
        for (String path : both) {
            FileHistory.Revision winner = winner(all.get(0), path);
            Map<String, byte[]> losers = isOf(atFirst, path, winner.sha256()) ? atSecond : atFirst;
            String loser = hashIn(losers, path);
            String losersOrigin = "";
            for (Site site : all) {
                List<FileHistory.Revision> revisions = history(site, path);
                if (!revisions.get(0).sha256().equals(winner.sha256())) {
                    throw new IOException("Another version of " + path + " counts at " + site.name());
                }
                losersOrigin = revisions.stream()
                        .filter(revision -> revision.sha256().equals(loser))
                        .map(FileHistory.Revision::origin)
                        .findFirst()
                        .orElseThrow(() -> new IOException(
                                "The version of " + path + " that lost is not in the history at " + site.name()));
            }
            say(
                    "Winner",
                    "%s  the one of %s, which was written last; that of %s is in the history of every site",
                    path,
                    winner.origin(),
                    losersOrigin);
        }
    }

    private byte[] writtenAs(String path, String sha256) throws IOException {
        for (Map<String, byte[]> side : List.of(atFirst, atSecond)) {
            if (isOf(side, path, sha256)) {
                return Objects.requireNonNull(side.get(path));
            }
        }
        throw new IOException("The version of " + path + " that counts is neither of the two that were written");
    }

    private static boolean isOf(Map<String, byte[]> side, String path, String sha256) {
        return side.containsKey(path) && hashIn(side, path).equals(sha256);
    }

    private static String hashIn(Map<String, byte[]> side, String path) {
        return Sha256.of(Objects.requireNonNull(side.get(path), path)).hex();
    }

    private static FileHistory.Revision winner(Site site, String path) throws IOException {
        return history(site, path).get(0);
    }

    private static List<FileHistory.Revision> history(Site site, String path) throws IOException {
        try (TftpdcClient client = new TftpdcClient(site.rest())) {
            return client.history(TENANT, path).revisions();
        }
    }

    private Map<String, String> awaitEqual(List<Site> all, String when) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Map<String, String> digests = digests(all);
        while (!areEqual(digests)) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("The digests still differ " + PATIENCE.toSeconds() + " s " + when + ": "
                        + shown(digests) + ". What MirrorMaker says is in data/SITE/logs/tftpdc.log");
            }
            Thread.sleep(BETWEEN_TRIES);
            digests = digests(all);
        }
        return digests;
    }

    private Map<String, String> digests(List<Site> all) throws IOException, InterruptedException {
        Map<String, String> digests = new LinkedHashMap<>();
        for (Site site : all) {
            digests.put(site.name(), sites.digest(site));
        }
        return digests;
    }

    private static boolean areEqual(Map<String, String> digests) {
        return Set.copyOf(digests.values()).size() == 1;
    }

    private static Answer read(Site site, String path) throws IOException {
        return SmallTftpRead.read(new InetSocketAddress(site.tftpHost(), site.tftpPort()), path, ONE_READ);
    }

    private static String shown(Map<String, String> digests) {
        List<String> shown = new ArrayList<>();
        digests.forEach((site, digest) ->
                shown.add(site + " " + digest.substring(0, Math.min(SHORT_DIGEST, digest.length())) + "…"));
        return String.join("  ", shown);
    }

    private static String names(List<Site> some) {
        return String.join(", ", some.stream().map(Site::name).toList());
    }

    private static String since(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - nanos) / 1e9);
    }

    private void say(String what, String format, Object... values) {
        out.printf(Locale.ROOT, "%-8s%s%n", what, String.format(Locale.ROOT, format, values));
        out.flush();
    }
}
