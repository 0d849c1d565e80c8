package io.tftpdc.index;

import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventStamp;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Turns events into index entries so that every site comes to the same answer, whatever the order, lateness or
 * repetition of the events.
 *
 * <p>An entry is an element of a join semilattice and {@link #merge} is its join: the union of the revisions, cut to
 * the greatest {@value FileIndexEntry#MAX_REVISIONS} stamps. It is associative, commutative and idempotent, and
 * {@link #apply} is no more than merging with the one-revision entry that an event stands for. That is why a mirrored
 * duplicate is harmless and at-least-once delivery is enough.
 */
public final class FileIndexFold {
    private FileIndexFold() {}

    public static FileIndexEntry apply(FileIndexEntry entry, FileEvent event) {
        return merge(entry, lift(event));
    }

    /** @throws IllegalArgumentException when the entries are of different files */
    public static FileIndexEntry merge(FileIndexEntry left, FileIndexEntry right) {
        requireSameFile(left.key(), right.key());
        List<FileRevision> a = left.revisions();
        List<FileRevision> b = right.revisions();
        List<FileRevision> union = new ArrayList<>(a.size() + b.size());
        int i = 0;
        int j = 0;
        while (union.size() < FileIndexEntry.MAX_REVISIONS && (i < a.size() || j < b.size())) {
            int order =
                    i == a.size() ? -1 : j == b.size() ? 1 : stampOf(a.get(i)).compareTo(stampOf(b.get(j)));
            union.add(order == 0 ? greater(a.get(i), b.get(j)) : order > 0 ? a.get(i) : b.get(j));
            i += order >= 0 ? 1 : 0;
            j += order <= 0 ? 1 : 0;
        }
        return new FileIndexEntry(left.key(), union);
    }

    /** The entry that knows nothing but this event. */
    public static FileIndexEntry lift(FileEvent event) {
        return switch (event) {
            case FileEvent.FilePublished published ->
                new FileIndexEntry(
                        published.key(),
                        List.of(new FileRevision.Published(
                                published.stamp(),
                                published.envelope().actor(),
                                published.content(),
                                published.contentType(),
                                published.labels(),
                                published.seen())));
            case FileEvent.FileRemoved removed ->
                new FileIndexEntry(
                        removed.key(),
                        List.of(new FileRevision.Removed(
                                removed.stamp(), removed.envelope().actor(), removed.seen())));
            case FileEvent.UnknownEvent unknown -> FileIndexEntry.empty(unknown.key());
        };
    }

    /** The event that a revision stands for: what {@link #lift} makes the same revision of again. */
    public static FileEvent event(FileKey key, FileRevision revision) {
        EventStamp stamp = revision.stamp();
        EventEnvelope envelope = new EventEnvelope(stamp.eventId(), stamp.origin(), stamp.time(), revision.actor());
        return switch (revision) {
            case FileRevision.Published published ->
                new FileEvent.FilePublished(
                        envelope,
                        key,
                        published.content(),
                        published.contentType(),
                        published.labels(),
                        published.seen());
            case FileRevision.Removed removed -> new FileEvent.FileRemoved(envelope, key, removed.seen());
        };
    }

    /** Of two revisions with one stamp, which only a reused event id brings about: one of them, whoever asks. */
    private static FileRevision greater(FileRevision left, FileRevision right) {
        return left.equals(right) || order(left).compareTo(order(right)) >= 0 ? left : right;
    }

    /**
     * Published above removed, then by content hash, then by all else. One that tells where its bytes lie is above the
     * same without: a site of an older release repeats an event without the location.
     */
    private static String order(FileRevision revision) {
        return switch (revision) {
            case FileRevision.Removed removed -> "0" + removed.actor() + "\n" + removed.seen();
            case FileRevision.Published published ->
                "1" + published.content().hash().hex() + published.content().withoutLocation()
                        + published.contentType() + "\n" + published.actor() + "\n"
                        + new TreeMap<>(published.labels()) + published.seen()
                        + published
                                .content()
                                .location()
                                .map(object -> "\n" + object)
                                .orElse("");
        };
    }

    private static EventStamp stampOf(FileRevision revision) {
        return revision.stamp();
    }

    private static void requireSameFile(FileKey left, FileKey right) {
        if (!left.equals(right)) {
            throw new IllegalArgumentException("entries of different files: " + left + " and " + right);
        }
    }
}
