package io.tftpdc.index;

import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What keeping the digests up to date costs for each event, as a program: {@code DigestBench [events]}. Prints
 * nanoseconds for the winner's digest and for that of the history, of files with few and with many revisions.
 */
final class DigestBench {
    private DigestBench() {}

    public static void main(String[] arguments) {
        int events = arguments.length == 0 ? 1_000_000 : Integer.parseInt(arguments[0]);
        for (int revisions : new int[] {1, 2, FileIndexEntry.MAX_REVISIONS}) {
            List<FileIndexEntry> chain = chain(revisions);
            FileIndexEntry before = chain.get(chain.size() - 2);
            FileIndexEntry after = chain.get(chain.size() - 1);
            IndexDigest history = IndexDigest.ofHistory(before);
            long winner = 0;
            long whole = 0;
            IndexDigest sum = IndexDigest.EMPTY;
            for (int round = 0; round < 3; round++) {
                long began = System.nanoTime();
                for (int i = 0; i < events; i++) {
                    sum = sum.plus(IndexDigest.of(after));
                }
                winner = System.nanoTime() - began;
                began = System.nanoTime();
                for (int i = 0; i < events; i++) {
                    sum = sum.plus(IndexDigest.historyAfter(history, before, after));
                }
                whole = System.nanoTime() - began;
            }
            System.out.printf(
                    "%2d revisions: winner's digest %d ns, digest of the history %d ns an event (%s)%n",
                    revisions, winner / events, whole / events, sum.hex().substring(0, 8));
        }
    }

    /** Entries of one file with one event more each; the last has the given number of revisions, or pushes one out. */
    private static List<FileIndexEntry> chain(int revisions) {
        FileKey key = FileKey.of("default", "rack-1/device-1/startup.cfg");
        List<FileIndexEntry> chain = new ArrayList<>(List.of(FileIndexEntry.empty(key)));
        for (int i = 0; i < revisions + (revisions == FileIndexEntry.MAX_REVISIONS ? 1 : 0); i++) {
            Sha256 hash = new Sha256(i, 1, 2, 3);
            FileIndexEntry before = chain.get(chain.size() - 1);
            chain.add(FileIndexFold.apply(
                    before,
                    new FileEvent.FilePublished(
                            new EventEnvelope(
                                    new EventId(new UUID(1, i)), new SiteName("dc1"), HybridTime.of(i, 0), "user:a"),
                            key,
                            new FileContent(hash, 10, FileContent.CHUNK_SIZE, new FileContent.Inline(List.of(hash))),
                            "",
                            Map.of(),
                            before.seen())));
        }
        return chain;
    }
}
