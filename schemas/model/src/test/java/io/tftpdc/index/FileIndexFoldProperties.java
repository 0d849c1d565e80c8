package io.tftpdc.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.event.EventStamp;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.ObjectLocation;
import io.tftpdc.property.RandomValues;
import io.tftpdc.property.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The laws that make the index converge. Random events tie in time and site more often than not. */
class FileIndexFoldProperties {
    private static final FileKey KEY = FileKey.of("default", "boot/pxelinux.0");
    private static final FileIndexEntry EMPTY = FileIndexEntry.empty(KEY);

    @Test
    void applyingAnEventTwiceEqualsApplyingItOnce() {
        Seeds.check(2_000, random -> {
            RandomValues values = new RandomValues(random);
            FileIndexEntry entry = values.entry(KEY, 30);
            FileEvent event = values.event(KEY);

            FileIndexEntry once = FileIndexFold.apply(entry, event);

            assertThat(FileIndexFold.apply(once, event)).isEqualTo(once);
        });
    }

    /** Sites of an older release read and repeat events without the location; all meet in the one that has it. */
    @Test
    void anEventRepeatedWithoutItsLocationKeepsTheLocationAndTheDigest() {
        Seeds.check(500, random -> {
            RandomValues values = new RandomValues(random);
            FileEvent.FilePublished there = new FileEvent.FilePublished(
                    values.envelope(),
                    KEY,
                    values.content().at(new ObjectLocation("s3://firmware/image.bin")),
                    values.text(),
                    values.texts());
            FileEvent.FilePublished repeated = new FileEvent.FilePublished(
                    there.envelope(), KEY, there.content().withoutLocation(), there.contentType(), there.labels());
            FileIndexEntry full = FileIndexFold.lift(there);
            FileIndexEntry stripped = FileIndexFold.lift(repeated);

            assertThat(FileIndexFold.merge(full, stripped)).isEqualTo(full);
            assertThat(FileIndexFold.merge(stripped, full)).isEqualTo(full);
            assertThat(IndexDigest.of(stripped)).isEqualTo(IndexDigest.of(full));
            assertThat(IndexDigest.ofHistory(stripped)).isEqualTo(IndexDigest.ofHistory(full));
        });
    }

    @Test
    void everyPermutationOfTheEventsGivesTheSameEntry() {
        Seeds.check(100, random -> {
            List<FileEvent> events = new RandomValues(random).events(KEY, 1 + random.nextInt(6));
            FileIndexEntry expected = reference(events);

            permute(new ArrayList<>(events), 0, order -> assertThat(replay(EMPTY, order))
                    .as("order %s", order)
                    .isEqualTo(expected));
        });
    }

    @Test
    void manyEventsInAnyOrderGiveTheSameEntry() {
        Seeds.check(500, random -> {
            List<FileEvent> events = new RandomValues(random).events(KEY, random.nextInt(60));
            FileIndexEntry expected = reference(events);

            Collections.shuffle(events, random);

            assertThat(replay(EMPTY, events)).isEqualTo(expected);
        });
    }

    @Test
    void mergeIsAssociativeCommutativeAndIdempotentWithTheEmptyEntryAsItsNeutralElement() {
        Seeds.check(2_000, random -> {
            RandomValues values = new RandomValues(random);
            List<FileEvent> common = values.events(KEY, random.nextInt(20));
            FileIndexEntry a = replay(values.entry(KEY, 20), part(common, values));
            FileIndexEntry b = replay(values.entry(KEY, 20), part(common, values));
            FileIndexEntry c = replay(values.entry(KEY, 20), part(common, values));

            assertThat(FileIndexFold.merge(FileIndexFold.merge(a, b), c))
                    .isEqualTo(FileIndexFold.merge(a, FileIndexFold.merge(b, c)));
            assertThat(FileIndexFold.merge(a, b)).isEqualTo(FileIndexFold.merge(b, a));
            assertThat(FileIndexFold.merge(a, a)).isEqualTo(a);
            assertThat(FileIndexFold.merge(a, EMPTY)).isEqualTo(a);
            assertThat(FileIndexFold.merge(EMPTY, a)).isEqualTo(a);
        });
    }

    @Test
    void revisionsThatShareAStampMergeTheSameInEveryOrder() {
        Seeds.check(1_000, random -> {
            RandomValues values = new RandomValues(random);
            EventStamp stamp = values.envelope().stamp();
            FileIndexEntry a = at(stamp, values.event(KEY));
            FileIndexEntry b = at(stamp, values.event(KEY));
            FileIndexEntry c = at(stamp, values.event(KEY));

            assertThat(FileIndexFold.merge(a, b)).isEqualTo(FileIndexFold.merge(b, a));
            assertThat(FileIndexFold.merge(FileIndexFold.merge(a, b), c))
                    .isEqualTo(FileIndexFold.merge(a, FileIndexFold.merge(b, c)));
        });
    }

    private static FileIndexEntry at(EventStamp stamp, FileEvent event) {
        return new FileIndexEntry(
                KEY,
                FileIndexFold.lift(event).revisions().stream()
                        .<FileRevision>map(revision -> switch (revision) {
                            case FileRevision.Removed removed -> new FileRevision.Removed(stamp, removed.actor());
                            case FileRevision.Published published ->
                                new FileRevision.Published(
                                        stamp,
                                        published.actor(),
                                        published.content(),
                                        published.contentType(),
                                        published.labels());
                        })
                        .toList());
    }

    @Test
    void applyingIsMergingWithTheEntryThatAnEventStandsFor() {
        Seeds.check(2_000, random -> {
            RandomValues values = new RandomValues(random);
            FileIndexEntry entry = values.entry(KEY, 30);
            FileEvent event = values.event(KEY);

            assertThat(FileIndexFold.apply(entry, event))
                    .isEqualTo(FileIndexFold.merge(FileIndexFold.lift(event), entry));
        });
    }

    @Test
    void snapshotPlusTailEqualsReplayFromZeroAtEveryCut() {
        Seeds.check(100, random -> {
            List<FileEvent> log = new RandomValues(random).events(KEY, random.nextInt(50));
            log.addAll(log.subList(0, log.size() / 3));
            FileIndexEntry whole = replay(EMPTY, log);

            for (int cut = 0; cut <= log.size(); cut++) {
                FileIndexEntry snapshot = replay(EMPTY, log.subList(0, cut));
                int rewound = random.nextInt(cut + 1);

                assertThat(replay(snapshot, log.subList(cut, log.size())))
                        .as("cut at %d", cut)
                        .isEqualTo(whole);
                assertThat(replay(snapshot, log.subList(rewound, log.size())))
                        .as("cut at %d, read again from %d", cut, rewound)
                        .isEqualTo(whole);
            }
        });
    }

    @Test
    void partsFoldedApartMergeToTheWhole() {
        Seeds.check(500, random -> {
            List<FileEvent> log = new RandomValues(random).events(KEY, random.nextInt(60));
            FileIndexEntry left = EMPTY;
            FileIndexEntry right = EMPTY;
            for (FileEvent event : log) {
                if (random.nextBoolean()) {
                    left = FileIndexFold.apply(left, event);
                } else {
                    right = FileIndexFold.apply(right, event);
                }
            }

            assertThat(FileIndexFold.merge(left, right)).isEqualTo(reference(log));
        });
    }

    @Test
    void anUnknownEventLeavesTheEntryAlone() {
        Seeds.check(200, random -> {
            RandomValues values = new RandomValues(random);
            FileIndexEntry entry = values.entry(KEY, 30);

            assertThat(FileIndexFold.apply(entry, new FileEvent.UnknownEvent(values.envelope(), KEY, "FromTheFuture")))
                    .isEqualTo(entry);
        });
    }

    @Test
    void entriesOfDifferentFilesAreNeverMerged() {
        FileIndexEntry other = FileIndexEntry.empty(FileKey.of("acme", "boot/pxelinux.0"));

        assertThatThrownBy(() -> FileIndexFold.merge(EMPTY, other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("default/boot/pxelinux.0")
                .hasMessageContaining("acme/boot/pxelinux.0");
    }

    /** The same answer found another way: all revisions by stamp, the greatest sixteen. */
    private static FileIndexEntry reference(List<FileEvent> events) {
        return new FileIndexEntry(
                KEY,
                events.stream()
                        .flatMap(event -> FileIndexFold.lift(event).revisions().stream())
                        .distinct()
                        .sorted(Comparator.comparing(FileRevision::stamp).reversed())
                        .limit(FileIndexEntry.MAX_REVISIONS)
                        .toList());
    }

    private static FileIndexEntry replay(FileIndexEntry from, List<FileEvent> events) {
        FileIndexEntry entry = from;
        for (FileEvent event : events) {
            entry = FileIndexFold.apply(entry, event);
        }
        return entry;
    }

    private static List<FileEvent> part(List<FileEvent> events, RandomValues values) {
        return events.stream()
                .filter(event -> values.oneOf(List.of(true, false)))
                .toList();
    }

    private static void permute(List<FileEvent> events, int from, Consumer<List<FileEvent>> check) {
        if (from == events.size()) {
            check.accept(events);
            return;
        }
        for (int i = from; i < events.size(); i++) {
            Collections.swap(events, from, i);
            permute(events, from + 1, check);
            Collections.swap(events, from, i);
        }
    }
}
