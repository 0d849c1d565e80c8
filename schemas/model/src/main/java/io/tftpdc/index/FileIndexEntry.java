package io.tftpdc.index;

import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.VersionVector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the index knows of one file: its newest revisions, the greatest stamp first. The first one wins; a removed file
 * is an entry whose first revision says so, never a missing entry.
 *
 * @param revisions distinct stamps in descending order, at most {@value #MAX_REVISIONS}; empty only before the first
 *     event
 */
public record FileIndexEntry(FileKey key, List<FileRevision> revisions) {

    /**
     * Revisions kept. Keeping the greatest so many of a union is itself associative, commutative and idempotent, so the
     * history converges as the winner does.
     */
    public static final int MAX_REVISIONS = 16;

    public FileIndexEntry {
        revisions = List.copyOf(revisions);
        if (revisions.size() > MAX_REVISIONS) {
            throw new IllegalArgumentException(
                    revisions.size() + " revisions of " + key + "; at most " + MAX_REVISIONS);
        }
        for (int i = 1; i < revisions.size(); i++) {
            if (revisions.get(i - 1).stamp().compareTo(revisions.get(i).stamp()) <= 0) {
                throw new IllegalArgumentException("revisions of " + key + " are not in descending order of stamps");
            }
        }
    }

    /** Before anything was said about the file: the neutral element of {@link FileIndexFold#merge}. */
    public static FileIndexEntry empty(FileKey key) {
        return new FileIndexEntry(key, List.of());
    }

    /** The revision that counts. */
    public Optional<FileRevision> winner() {
        return revisions.isEmpty() ? Optional.empty() : Optional.of(revisions.get(0));
    }

    /** The content to serve, unless the file is removed or unknown. */
    public Optional<FileRevision.Published> current() {
        return winner().flatMap(revision -> switch (revision) {
            case FileRevision.Published published -> Optional.of(published);
            case FileRevision.Removed removed -> Optional.empty();
        });
    }

    /** What somebody knows of the file who knows this entry: its revisions, and what their writers knew. */
    public VersionVector seen() {
        Map<SiteName, HybridTime> latest = new TreeMap<>();
        for (FileRevision revision : revisions) {
            latest.merge(revision.stamp().origin(), revision.stamp().time(), FileIndexEntry::later);
            revision.seen().latest().forEach((origin, time) -> latest.merge(origin, time, FileIndexEntry::later));
        }
        return VersionVector.of(latest);
    }

    /**
     * Revisions that lost to another site's without the winner, or anything after them, knowing of them: an operator may
     * want them back. Empty again once somebody writes who saw them.
     */
    public List<FileRevision> conflicts() {
        List<FileRevision> open = new ArrayList<>();
        for (int i = 1; i < revisions.size(); i++) {
            FileRevision loser = revisions.get(i);
            if (!loser.sameEffect(revisions.get(0)) && nobodyKnewOf(loser)) {
                open.add(loser);
            }
        }
        return open;
    }

    private boolean nobodyKnewOf(FileRevision revision) {
        return revisions.stream().noneMatch(other -> other != revision && other.knewOf(revision));
    }

    private static HybridTime later(HybridTime a, HybridTime b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
