package io.tftpdc.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.event.EventId;
import io.tftpdc.event.EventStamp;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.property.RandomValues;
import io.tftpdc.property.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class IndexDigestProperties {

    @Test
    void theOrderOfTheEntriesDoesNotMatter() {
        Seeds.check(200, random -> {
            RandomValues values = new RandomValues(random);
            List<FileIndexEntry> entries = values.many(20, () -> values.entry(values.key(), 4));
            IndexDigest before = sum(entries);

            Collections.shuffle(entries, random);

            assertThat(sum(entries)).isEqualTo(before);
        });
    }

    @Test
    void keepingItUpToDateEntryByEntryEqualsComputingItAnew() {
        Seeds.check(100, random -> {
            RandomValues values = new RandomValues(random);
            List<FileKey> keys = values.many(8, values::key);
            Map<FileKey, FileIndexEntry> index = new HashMap<>();
            IndexDigest kept = IndexDigest.EMPTY;
            for (int i = 0; i < 100; i++) {
                FileEvent event = values.event(values.oneOf(keys));
                FileIndexEntry before = index.getOrDefault(event.key(), FileIndexEntry.empty(event.key()));
                FileIndexEntry after = FileIndexFold.apply(before, event);
                index.put(event.key(), after);

                kept = kept.minus(IndexDigest.of(before)).plus(IndexDigest.of(after));
            }

            assertThat(kept).isEqualTo(sum(index.values()));
            for (FileIndexEntry entry : index.values()) {
                kept = kept.minus(IndexDigest.of(entry));
            }
            assertThat(kept).isEqualTo(IndexDigest.EMPTY);
        });
    }

    @Test
    void theDigestsOfAnyPartitionsAddUpToThatOfTheWhole() {
        Seeds.check(200, random -> {
            RandomValues values = new RandomValues(random);
            List<FileIndexEntry> entries = values.many(30, () -> values.entry(values.key(), 4));
            IndexDigest[] partitions = new IndexDigest[1 + random.nextInt(7)];
            Arrays.fill(partitions, IndexDigest.EMPTY);
            for (FileIndexEntry entry : entries) {
                int one = random.nextInt(partitions.length);
                partitions[one] = partitions[one].plus(IndexDigest.of(entry));
            }

            assertThat(Arrays.stream(partitions).reduce(IndexDigest.EMPTY, IndexDigest::plus))
                    .isEqualTo(sum(entries));
        });
    }

    @Test
    void theHistoryKeptUpToDateEqualsTheOneSummedUpAnewAndCountsEveryRevision() {
        Seeds.check(200, random -> {
            RandomValues values = new RandomValues(random);
            FileKey key = values.key();
            FileIndexEntry entry = FileIndexEntry.empty(key);
            IndexDigest kept = IndexDigest.EMPTY;
            for (FileEvent event : values.events(key, 40)) {
                FileIndexEntry after = FileIndexFold.apply(entry, event);
                kept = IndexDigest.historyAfter(kept, entry, after);
                entry = after;
            }

            assertThat(kept).isEqualTo(IndexDigest.ofHistory(entry));
            if (entry.revisions().size() > 1) {
                FileIndexEntry less = new FileIndexEntry(
                        key, entry.revisions().subList(0, entry.revisions().size() - 1));
                assertThat(IndexDigest.of(less)).isEqualTo(IndexDigest.of(entry));
                assertThat(IndexDigest.ofHistory(less)).isNotEqualTo(IndexDigest.ofHistory(entry));
            }
        });
    }

    @Test
    void onlyTheWinnerCountsAndNotTheHistoryBehindIt() {
        Seeds.check(500, random -> {
            RandomValues values = new RandomValues(random);
            FileIndexEntry entry = values.entry(values.key(), 20);
            FileIndexEntry alone =
                    new FileIndexEntry(entry.key(), entry.winner().stream().toList());

            assertThat(IndexDigest.of(entry)).isEqualTo(IndexDigest.of(alone));
        });
    }

    @Test
    void whateverIsDifferentInTheWinnerChangesTheDigest() {
        FileKey key = FileKey.of("default", "a/b");
        EventStamp stamp = new EventStamp(HybridTime.of(7, 1), new SiteName("dc1"), new EventId(new UUID(1, 2)));
        Sha256 hash = new Sha256(1, 2, 3, 4);
        List<FileIndexEntry> different = List.of(
                published(key, stamp, hash),
                published(FileKey.of("default", "a/c"), stamp, hash),
                published(FileKey.of("acme", "a/b"), stamp, hash),
                published(key, new EventStamp(HybridTime.of(7, 2), stamp.origin(), stamp.eventId()), hash),
                published(key, new EventStamp(stamp.time(), new SiteName("dc2"), stamp.eventId()), hash),
                published(key, new EventStamp(stamp.time(), stamp.origin(), new EventId(new UUID(1, 3))), hash),
                published(key, new EventStamp(stamp.time(), stamp.origin(), new EventId(new UUID(2, 2))), hash),
                published(key, stamp, new Sha256(1, 2, 3, 5)),
                new FileIndexEntry(key, List.of(new FileRevision.Removed(stamp, "user:anna"))),
                FileIndexEntry.empty(key));

        assertThat(different.stream().map(IndexDigest::of)).doesNotHaveDuplicates();
    }

    @Test
    void anEntryWithoutRevisionsAddsNothing() {
        assertThat(IndexDigest.of(FileIndexEntry.empty(FileKey.of("default", "x"))))
                .isEqualTo(IndexDigest.EMPTY);
    }

    @Test
    void theTextIsReadBack() {
        Seeds.check(500, random -> {
            IndexDigest digest =
                    new IndexDigest(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());

            assertThat(digest.hex()).matches("[0-9a-f]{64}");
            assertThat(IndexDigest.parse(digest.hex())).isEqualTo(digest);
        });
    }

    @Test
    void filesSpreadOverAllBuckets() {
        Set<Integer> used = new HashSet<>();
        for (int i = 0; i < 5_000; i++) {
            int bucket = IndexDigest.bucketOf(FileKey.of("default", "file-" + i));
            assertThat(bucket).isBetween(0, IndexDigest.BUCKETS - 1);
            used.add(bucket);
        }

        assertThat(used).hasSize(IndexDigest.BUCKETS);
    }

    private static IndexDigest sum(Collection<FileIndexEntry> entries) {
        return new ArrayList<>(entries).stream().map(IndexDigest::of).reduce(IndexDigest.EMPTY, IndexDigest::plus);
    }

    private static FileIndexEntry published(FileKey key, EventStamp stamp, Sha256 hash) {
        FileContent content = new FileContent(hash, 3, 4, new FileContent.Inline(List.of(hash)));
        return new FileIndexEntry(key, List.of(new FileRevision.Published(stamp, "user:anna", content, "", Map.of())));
    }
}
