package io.tftpdc.golden;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileIndexFold;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The first of the readers: the fold itself. The topology and the edge node's view read the same logs. */
class GoldenLogTest {

    /** Gives each new case the index that the fold comes to, for its author to check; never touches one that is there. */
    @BeforeAll
    static void writeTheIndexOfNewCases() throws IOException {
        if (!Boolean.getBoolean("golden.write")) {
            return;
        }
        for (String root : List.of("src/test/resources/golden", "target/test-classes/golden")) {
            for (Path folder : GoldenFiles.casesWithoutIndex(Path.of(root))) {
                GoldenFiles.writeIndex(folder, fold(GoldenFiles.events(folder)));
            }
        }
    }

    static List<GoldenLog> logs() {
        return GoldenLog.all();
    }

    @ParameterizedTest
    @MethodSource("logs")
    void theFoldComesToTheGoldenIndex(GoldenLog log) {
        Map<FileKey, FileIndexEntry> index = fold(log.events());

        assertThat(log.difference(index)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("logs")
    void everyOrderOfDeliveryComesToTheGoldenIndex(GoldenLog log) {
        for (long seed = 0; seed < 50; seed++) {
            List<FileEvent> shuffled = new ArrayList<>(log.events());
            Collections.shuffle(shuffled, new Random(seed));

            assertThat(log.difference(fold(shuffled))).as("seed %d", seed).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("logs")
    void whatWouldBeWrittenIsWhatIsThere(GoldenLog log) {
        assertThat(GoldenFiles.write(log.entries())).isEqualTo(GoldenFiles.write(fold(log.events())));
    }

    @Test
    void theCasesThatEveryReaderMustKnowAreThere() {
        assertThat(logs())
                .extracting(GoldenLog::name)
                .contains(
                        "single-publish",
                        "republish-newer-wins",
                        "late-older-event-loses-but-is-kept",
                        "tied-clocks-origin-decides",
                        "tied-clocks-and-origin-event-id-decides",
                        "remove-then-late-publish",
                        "duplicate-delivery",
                        "two-sites-write-while-apart",
                        "unknown-event-type",
                        "history-longer-than-16",
                        "several-tenants",
                        "manifest-content");
    }

    @Test
    void aReaderThatFailsIsToldTheSentenceAndTheDifference() {
        GoldenLog log = logs().stream()
                .filter(one -> one.name().equals("republish-newer-wins"))
                .findFirst()
                .orElseThrow();
        Map<FileKey, FileIndexEntry> missedTheLast =
                fold(log.events().subList(0, log.events().size() - 1));

        String difference = log.difference(missedTheLast);

        assertThat(difference).contains(log.why()).contains("default/boot/pxelinux.0");
        assertThat(difference.lines().filter(line -> line.strip().startsWith("-")))
                .hasSize(1);
    }

    private static Map<FileKey, FileIndexEntry> fold(List<FileEvent> events) {
        Map<FileKey, FileIndexEntry> index = new HashMap<>();
        for (FileEvent event : events) {
            index.merge(event.key(), FileIndexFold.lift(event), FileIndexFold::merge);
        }
        return new TreeMap<>(index);
    }
}
