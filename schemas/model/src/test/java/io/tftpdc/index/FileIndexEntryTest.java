package io.tftpdc.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.event.EventId;
import io.tftpdc.event.EventStamp;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FileIndexEntryTest {
    private static final FileKey KEY = FileKey.of("default", "hello.txt");

    @Test
    void theFirstRevisionWins() {
        FileIndexEntry entry = new FileIndexEntry(KEY, List.of(published(2), published(1)));

        assertThat(entry.winner()).contains(published(2));
        assertThat(entry.current()).contains(published(2));
    }

    @Test
    void aRemovedFileIsAnEntryWithoutCurrentContent() {
        FileIndexEntry entry = new FileIndexEntry(KEY, List.of(removed(2), published(1)));

        assertThat(entry.winner()).contains(removed(2));
        assertThat(entry.current()).isEmpty();
    }

    @Test
    void beforeTheFirstEventThereIsNoWinner() {
        assertThat(FileIndexEntry.empty(KEY).winner()).isEmpty();
        assertThat(FileIndexEntry.empty(KEY).current()).isEmpty();
    }

    @Test
    void revisionsOutOfOrderAreRefused() {
        assertThatThrownBy(() -> new FileIndexEntry(KEY, List.of(published(1), published(2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("descending");
    }

    @Test
    void twoRevisionsWithOneStampAreRefused() {
        assertThatThrownBy(() -> new FileIndexEntry(KEY, List.of(published(1), removed(1))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void moreRevisionsThanAreKeptAreRefused() {
        List<FileRevision> revisions = new ArrayList<>();
        for (int time = 100; revisions.size() <= FileIndexEntry.MAX_REVISIONS; time--) {
            revisions.add(removed(time));
        }

        assertThatThrownBy(() -> new FileIndexEntry(KEY, revisions))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 16");
    }

    @Test
    void theListOfRevisionsCannotBeChangedFromOutside() {
        List<FileRevision> revisions = new ArrayList<>(List.of(published(1)));
        FileIndexEntry entry = new FileIndexEntry(KEY, revisions);

        revisions.clear();

        assertThat(entry.revisions()).hasSize(1);
    }

    private static FileRevision.Published published(long time) {
        Sha256 hash = new Sha256(time, 0, 0, 0);
        FileContent content = new FileContent(hash, 3, 4, new FileContent.Inline(List.of(hash)));
        return new FileRevision.Published(stamp(time), "user:anna", content, "", Map.of());
    }

    private static FileRevision.Removed removed(long time) {
        return new FileRevision.Removed(stamp(time), "user:anna");
    }

    private static EventStamp stamp(long time) {
        return new EventStamp(new HybridTime(time), new SiteName("dc1"), new EventId(new UUID(0, 1)));
    }
}
