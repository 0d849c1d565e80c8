package io.tftpdc.edge.upload;

import io.netty.buffer.ByteBufAllocator;
import io.tftpdc.client.RecordWriter;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridClock;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.VersionVector;
import io.tftpdc.index.FileIndexEntry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What every upload of a node shares.
 *
 * @param pool threads that hash and write; they may block
 * @param timer for time-outs; what it runs does not block
 * @param buffers for chunks while they are received
 * @param kafkaAway whether a write to Kafka is not worth trying now
 * @param bytesInFlight of chunks that were handed over and are not stored yet, all uploads together
 * @param mostBytesInFlight from here on, an upload that has chunks in flight is held back
 * @param labels of every file that is uploaded here
 * @param site that the events originate from
 * @param clock shared by everything in the process that stamps events
 * @param index what the node knows of a file
 * @param indexComplete whether a file that it does not know does not exist
 * @param whenOver told how each upload ended, on any thread
 */
record UploadContext(
        Executor pool,
        Timer timer,
        ByteBufAllocator buffers,
        RecordWriter kafka,
        BooleanSupplier kafkaAway,
        Spool spool,
        AtomicLong bytesInFlight,
        long mostBytesInFlight,
        Map<String, String> labels,
        SiteName site,
        HybridClock clock,
        Function<FileKey, Optional<FileIndexEntry>> index,
        BooleanSupplier indexComplete,
        Consumer<UploadResult> whenOver) {

    /** Runs tasks later. */
    interface Timer {
        Future<?> schedule(Runnable task, Duration delay);
    }

    /**
     * Stamped later than all that the index knows of the file, whatever the other sites' clocks say.
     *
     * @param known what the index knows of the file
     */
    EventEnvelope newEnvelope(Optional<FileIndexEntry> known, String actor) {
        known.flatMap(FileIndexEntry::winner)
                .ifPresent(winner -> clock.observe(winner.stamp().time()));
        return new EventEnvelope(new EventId(UUID.randomUUID()), site, clock.tick(), actor);
    }

    /** What the node knows of a file. Before its index was complete once, what it lacks may be there all the same. */
    VersionVector seen(Optional<FileIndexEntry> known) {
        return known.isEmpty() && !indexComplete.getAsBoolean()
                ? VersionVector.UNKNOWN
                : known.map(FileIndexEntry::seen).orElse(VersionVector.NOTHING);
    }

    void over(UploadResult how) {
        whenOver.accept(how);
    }
}
