package io.tftpdc.golden;

import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.IndexDigest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * One golden event log: events in the order of their delivery, and the index that every reader must come to. The logs
 * are never edited, because they are what the past means; new releases add cases. {@link GoldenFiles} says how they are
 * written.
 *
 * @param name of the case, a folder below {@code golden/}
 * @param why the sentence that the case protects
 * @param events in the order of delivery, duplicates and unknown kinds included
 * @param entries what the index holds afterwards, without files of which only unknown events told
 * @param digests the convergence digest of each tenant that has an entry
 */
public record GoldenLog(
        String name,
        String why,
        List<FileEvent> events,
        SortedMap<FileKey, FileIndexEntry> entries,
        SortedMap<Tenant, IndexDigest> digests) {

    public GoldenLog {
        events = List.copyOf(events);
    }

    /** Every case, by name. */
    public static List<GoldenLog> all() {
        CodeSource source = GoldenLog.class.getProtectionDomain().getCodeSource();
        if (source == null) {
            throw new IllegalStateException("nobody knows where the golden logs were loaded from");
        }
        try {
            return allIn(source.getLocation());
        } catch (IOException e) {
            throw new UncheckedIOException("reading the golden logs in " + source.getLocation(), e);
        }
    }

    private static List<GoldenLog> allIn(URL location) throws IOException {
        Path place = Path.of(uri(location));
        if (Files.isDirectory(place)) {
            return read(place.resolve("golden"));
        }
        try (FileSystem jar = FileSystems.newFileSystem(place)) {
            return read(jar.getPath("golden"));
        }
    }

    private static URI uri(URL url) {
        try {
            return url.toURI();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("no file: " + url, e);
        }
    }

    private static List<GoldenLog> read(Path folder) throws IOException {
        try (Stream<Path> cases = Files.list(folder)) {
            List<GoldenLog> logs = new ArrayList<>();
            for (Path one : cases.sorted(Comparator.comparing(Path::toString)).toList()) {
                logs.add(GoldenFiles.read(one));
            }
            return logs;
        }
    }

    /** The case as JUnit shows it. */
    @Override
    public String toString() {
        return name;
    }

    /**
     * Compares what a reader of this log came to with what it should have come to.
     *
     * @param found the reader's entries; ones without a revision count as missing
     * @return empty when they agree; otherwise the sentence that the case protects and a line for each difference
     */
    public String difference(Map<FileKey, FileIndexEntry> found) {
        StringBuilder text = new StringBuilder();
        TreeSet<FileKey> keys = new TreeSet<>(entries.keySet());
        keys.addAll(found.keySet());
        for (FileKey key : keys) {
            List<String> expected = GoldenFiles.describe(entries.getOrDefault(key, FileIndexEntry.empty(key)));
            List<String> actual = GoldenFiles.describe(found.getOrDefault(key, FileIndexEntry.empty(key)));
            if (!expected.equals(actual)) {
                text.append("  ").append(key).append('\n');
                appendLines(text, "    - ", expected, actual);
                appendLines(text, "    + ", actual, expected);
            }
        }
        TreeMap<Tenant, IndexDigest> sums = digestsOf(found);
        if (text.isEmpty() && !sums.equals(digests)) {
            text.append("  digests: expected ")
                    .append(digests)
                    .append(", found ")
                    .append(sums)
                    .append('\n');
        }
        return text.isEmpty()
                ? ""
                : "golden log '" + name + "': " + why + "\n  (- expected only, + found only)\n" + text;
    }

    /** The digest of each tenant that has an entry with a revision. */
    public static TreeMap<Tenant, IndexDigest> digestsOf(Map<FileKey, FileIndexEntry> index) {
        TreeMap<Tenant, IndexDigest> sums = new TreeMap<>();
        index.values().stream()
                .filter(entry -> !entry.revisions().isEmpty())
                .forEach(entry -> sums.merge(entry.key().tenant(), IndexDigest.of(entry), IndexDigest::plus));
        return sums;
    }

    private static void appendLines(StringBuilder text, String mark, List<String> lines, List<String> others) {
        if (lines.isEmpty()) {
            text.append(mark).append("(no entry)\n");
        }
        lines.stream()
                .filter(line -> !others.contains(line))
                .forEach(line -> text.append(mark).append(line).append('\n'));
    }
}
