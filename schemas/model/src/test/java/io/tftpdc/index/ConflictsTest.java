package io.tftpdc.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.VersionVector;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which revisions that lost are conflicts; {@code a1} is what site a wrote at time 1. */
class ConflictsTest {
    private static final FileKey KEY = FileKey.of("default", "x");
    private static final FileIndexEntry NEVER = FileIndexEntry.empty(KEY);

    @Test
    void aVersionThatTheWinnersWriterDidNotKnowIsOne() {
        FileEvent a1 = published("a", 1, NEVER);
        FileEvent b2 = published("b", 2, NEVER);

        assertThat(lost(fold(a1, b2))).containsExactly(1L);
        assertThat(lost(fold(b2, a1))).containsExactly(1L);
    }

    @Test
    void replacingAnotherSitesVersionIsNone() {
        FileEvent a1 = published("a", 1, NEVER);
        FileEvent b2 = published("b", 2, fold(a1));
        FileEvent a3 = published("a", 3, fold(a1, b2));

        assertThat(fold(a1, b2, a3).conflicts()).isEmpty();
        assertThat(fold(a1, b2).conflicts()).isEmpty();
    }

    @Test
    void ofManyWritesOfOneSiteOnlyTheLastIsOne() {
        FileEvent a1 = published("a", 1, NEVER);
        FileEvent a2 = published("a", 2, NEVER);
        FileEvent a3 = published("a", 3, fold(a1, a2));
        FileEvent b4 = published("b", 4, fold(a1));

        assertThat(lost(fold(a1, a2, a3, b4))).containsExactly(3L);
    }

    @Test
    void itIsOverWhenSomebodyWritesWhoSawBoth() {
        FileIndexEntry torn = fold(published("a", 1, NEVER), published("b", 2, NEVER), published("c", 3, NEVER));
        assertThat(lost(torn)).containsExactly(2L, 1L);

        FileIndexEntry after = FileIndexFold.apply(torn, published("b", 4, torn));

        assertThat(after.conflicts()).isEmpty();
        assertThat(after.revisions()).hasSize(4);
    }

    @Test
    void itIsNotOverByAWriteThatSawOnlyTheWinner() {
        FileEvent a1 = published("a", 1, NEVER);
        FileEvent b2 = published("b", 2, NEVER);
        FileEvent b3 = published("b", 3, fold(b2));

        assertThat(lost(fold(a1, b2, b3))).containsExactly(1L);
    }

    @Test
    void aRemovalMayLoseAndMayWin() {
        FileEvent removed = new FileEvent.FileRemoved(envelope("a", 1), KEY, NEVER.seen());
        FileEvent published = published("b", 2, NEVER);
        FileEvent removedLater = new FileEvent.FileRemoved(envelope("a", 3), KEY, NEVER.seen());

        assertThat(lost(fold(removed, published))).containsExactly(1L);
        assertThat(lost(fold(published, removedLater))).containsExactly(2L);
    }

    @Test
    void whatComesToTheSameIsNone() {
        FileEvent here = published("a", 1, NEVER, 7);
        FileEvent there = published("b", 2, NEVER, 7);
        FileEvent removedHere = new FileEvent.FileRemoved(envelope("a", 3), KEY, NEVER.seen());
        FileEvent removedThere = new FileEvent.FileRemoved(envelope("b", 4), KEY, NEVER.seen());

        assertThat(fold(here, there).conflicts()).isEmpty();
        assertThat(fold(removedHere, removedThere).conflicts()).isEmpty();
    }

    @Test
    void whoDoesNotSayWhatHeKnewIsTakenToHaveKnownAllThatIsOlder() {
        FileEvent a1 = published("a", 1, NEVER);
        FileEvent silent = new FileEvent.FilePublished(envelope("b", 2), KEY, content(2), "", Map.of());
        FileEvent a3 = published("a", 3, fold(a1));

        assertThat(fold(a1, silent).conflicts()).isEmpty();
        assertThat(lost(fold(a1, silent, a3))).as("a3 did not know of it").containsExactly(2L);
    }

    @Test
    void aVectorIncludesWhatIsNotLaterThanTheGreatestTimeOfItsOrigin() {
        VersionVector vector = VersionVector.of(Map.of(new SiteName("a"), HybridTime.of(5, 0)));

        assertThat(vector.includes(envelope("a", 5).stamp())).isTrue();
        assertThat(vector.includes(envelope("a", 4).stamp())).isTrue();
        assertThat(vector.includes(envelope("a", 6).stamp())).isFalse();
        assertThat(vector.includes(envelope("b", 1).stamp())).isFalse();
        assertThat(VersionVector.NOTHING).isNotEqualTo(VersionVector.UNKNOWN);
    }

    private static FileIndexEntry fold(FileEvent... events) {
        FileIndexEntry entry = NEVER;
        for (FileEvent event : events) {
            entry = FileIndexFold.apply(entry, event);
        }
        return entry;
    }

    private static List<Long> lost(FileIndexEntry entry) {
        return entry.conflicts().stream()
                .map(revision -> revision.stamp().time().wallMillis())
                .toList();
    }

    private static FileEvent published(String site, int time, FileIndexEntry known) {
        return published(site, time, known, time);
    }

    private static FileEvent published(String site, int time, FileIndexEntry known, int content) {
        return new FileEvent.FilePublished(envelope(site, time), KEY, content(content), "", Map.of(), known.seen());
    }

    private static EventEnvelope envelope(String site, int time) {
        return new EventEnvelope(
                new EventId(new UUID(site.charAt(0), time)), new SiteName(site), HybridTime.of(time, 0), "user:anna");
    }

    private static FileContent content(int number) {
        Sha256 hash = new Sha256(number, 0, 0, 0);
        return new FileContent(hash, 1, FileContent.CHUNK_SIZE, new FileContent.Inline(List.of(hash)));
    }
}
