package io.tftpdc.client;

import io.tftpdc.event.DescriptionRule;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.HybridClock;
import io.tftpdc.event.ObjectLocation;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.SiteVariant;
import io.tftpdc.index.ClockSkew;
import io.tftpdc.index.FileDecider;
import io.tftpdc.index.FileDecider.Command;
import io.tftpdc.index.FileDecider.Decision;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileRevision;
import io.tftpdc.topic.Topics;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Publishes files of any size in constant memory: cuts the source into chunks, writes them to {@code tftp.content},
 * waits until Kafka has every one of them for good, and only then writes the event that makes the file visible. A source
 * that breaks off, or a hash that differs, leaves no event. Several files may get the same content at once: its chunks
 * are written once.
 *
 * <p>Any thread may publish, several at once; each call blocks its thread until the outcome is known.
 */
public final class FilePublisher {
    /** Chunks that one publish may have on the way to Kafka: enough to keep every partition busy. */
    private static final int CHUNKS_IN_FLIGHT = 16;

    private final RecordWriter writer;
    private final SiteName site;
    private final HybridClock clock;
    private final ClockSkew skew;

    /** With the {@linkplain ClockSkew#DEFAULT usual} skew. */
    public FilePublisher(RecordWriter writer, SiteName site, HybridClock clock) {
        this(writer, site, clock, ClockSkew.DEFAULT);
    }

    /**
     * @param writer stays the caller's to close
     * @param site that the events originate from
     * @param clock shared by everything in the process that stamps events
     * @param skew how far ahead of its clock the site's fold takes an event; beyond that nothing is published
     */
    public FilePublisher(RecordWriter writer, SiteName site, HybridClock clock, ClockSkew skew) {
        this.writer = writer;
        this.site = site;
        this.clock = clock;
        this.skew = skew;
    }

    /**
     * Publishes what the stream holds; the stream stays the caller's to close.
     *
     * @throws PublishFailedException when Kafka did not take it
     * @throws IOException what the source threw; nothing was published then
     */
    public PublishOutcome publish(PublishRequest request, InputStream source) throws IOException {
        return publish(request, source, Optional.empty());
    }

    /**
     * Publishes an object where it lies: reads it once for its hashes, and writes no chunk.
     *
     * @param source the object's bytes
     * @throws PublishFailedException when Kafka did not take it
     * @throws IOException what the source threw; nothing was published then
     */
    public PublishOutcome publishAt(PublishRequest request, ObjectLocation object, InputStream source)
            throws IOException {
        Optional<String> problem = ObjectLocation.problem(object.uri());
        return problem.isPresent()
                ? new PublishOutcome.Refused(PublishOutcome.Cause.BAD_DESCRIPTION, request.key() + ": " + problem.get())
                : publish(request, source, Optional.of(object));
    }

    private PublishOutcome publish(PublishRequest request, InputStream source, Optional<ObjectLocation> object)
            throws IOException {
        Optional<String> problem = DescriptionRule.problem(request.contentType(), request.labels());
        if (problem.isPresent()) {
            return new PublishOutcome.Refused(
                    PublishOutcome.Cause.BAD_DESCRIPTION, request.key() + ": " + problem.get());
        }
        for (FileIndexEntry target : request.targets()) {
            Optional<String> reserved = SiteVariant.problem(target.key().path());
            if (reserved.isPresent()) {
                return new PublishOutcome.Refused(PublishOutcome.Cause.BAD_PATH, reserved.get());
            }
            Optional<PublishOutcome> late = clockProblem(target);
            if (late.isPresent()) {
                return late.get();
            }
        }
        Upload upload =
                new Upload(request, object.isPresent() ? ContentWriter.listing(writer) : new ContentWriter(writer));
        long expected = request.expectedSize().orElse(0);
        if (expected > request.maxSize()) {
            return tooLarge(request, expected);
        }
        byte[] buffer = new byte[FileContent.CHUNK_SIZE];
        for (int length = source.readNBytes(buffer, 0, buffer.length);
                length > 0;
                length = source.readNBytes(buffer, 0, buffer.length)) {
            if (upload.size() + length > request.maxSize()) {
                return tooLarge(request, upload.size() + length);
            }
            upload.add(buffer, length);
        }
        FileContent read = upload.finish();
        FileContent content = object.map(read::at).orElse(read);
        if (request.expectedSize().isPresent() && expected != content.size()) {
            return new PublishOutcome.Refused(
                    PublishOutcome.Cause.SIZE_DIFFERS,
                    "content of " + request.key() + " is " + content.size() + " bytes; expected " + expected
                            + " as announced. Nothing was published; send it again");
        }
        if (request.expectedHash().isPresent() && !request.expectedHash().get().equals(content.hash())) {
            return new PublishOutcome.Refused(
                    PublishOutcome.Cause.HASH_DIFFERS,
                    "content of " + request.key() + " has SHA-256 " + content.hash() + "; expected "
                            + request.expectedHash().get() + " as announced. Nothing was published; check the source"
                            + " and send it again");
        }
        List<FileEvent> events = new ArrayList<>();
        for (FileIndexEntry target : request.targets()) {
            Command command = new Command.Publish(target.key(), content, request.contentType(), request.labels());
            switch (decide(target, command, request.actor())) {
                case PublishOutcome.Accepted accepted -> events.addAll(accepted.events());
                case PublishOutcome.Refused refused -> {
                    return refused;
                }
            }
        }
        return new PublishOutcome.Accepted(events);
    }

    /**
     * Removes a file.
     *
     * @param current what the index knows of the file
     * @throws PublishFailedException when Kafka did not take it
     */
    public PublishOutcome remove(FileIndexEntry current, String actor) throws IOException {
        return decide(current, new Command.Remove(current.key()), actor);
    }

    /**
     * Publishes a version once more whose bytes Kafka has: the content of an earlier revision becomes the newest.
     *
     * @param current what the index knows of the file
     * @throws PublishFailedException when Kafka did not take it
     */
    public PublishOutcome publishAgain(FileIndexEntry current, FileRevision.Published version, String actor)
            throws IOException {
        return decide(
                current,
                new Command.Publish(current.key(), version.content(), version.contentType(), version.labels()),
                actor);
    }

    private static PublishOutcome tooLarge(PublishRequest request, long size) {
        return new PublishOutcome.Refused(
                PublishOutcome.Cause.TOO_LARGE,
                "content of " + request.key() + " has " + size + " bytes or more; at most " + request.maxSize()
                        + " are allowed. Nothing was published; raise max-file-size if it is meant to be so large");
    }

    /** The event must be greater than what it replaces, and must not be so far ahead of our clock that it waits. */
    private Optional<PublishOutcome> clockProblem(FileIndexEntry current) {
        current.winner().ifPresent(winner -> clock.observe(winner.stamp().time()));
        return skew.clockProblem(clock.latest(), clock.wallMillis(), ", or at once when this process was started anew")
                .map(reason ->
                        new PublishOutcome.Refused(PublishOutcome.Cause.CLOCK_BEHIND, current.key() + ": " + reason));
    }

    private PublishOutcome decide(FileIndexEntry current, Command command, String actor) throws IOException {
        Optional<PublishOutcome> late = clockProblem(current);
        if (late.isPresent()) {
            return late.get();
        }
        EventEnvelope envelope = new EventEnvelope(new EventId(UUID.randomUUID()), site, clock.tick(), actor);
        return switch (FileDecider.decide(current, command, envelope)) {
            case Decision.Accepted accepted -> {
                write(accepted.event());
                yield new PublishOutcome.Accepted(List.of(accepted.event()));
            }
            case Decision.Rejected rejected ->
                new PublishOutcome.Refused(PublishOutcome.Cause.ABSENT, rejected.reason());
        };
    }

    private void write(FileEvent event) throws IOException {
        try {
            await(writer.write(Topics.FILE_EVENTS, event.key(), event));
        } catch (ExecutionException e) {
            throw new PublishFailedException(
                    "Kafka did not confirm the event for " + event.key() + ": " + reason(e)
                            + ". It may or may not have been written; sending the same again is safe",
                    e);
        }
    }

    private static <T> T await(Future<T> future) throws ExecutionException, InterruptedIOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            throw interrupted();
        } catch (CancellationException e) {
            throw new ExecutionException(e);
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while publishing");
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    /** The chunks of one content on their way to Kafka, {@value #CHUNKS_IN_FLIGHT} at a time. */
    private final class Upload {
        private final PublishRequest request;
        private final ContentWriter content;
        private final MessageDigest whole = Sha256.digester();
        private final Semaphore mayFly = new Semaphore(CHUNKS_IN_FLIGHT);

        Upload(PublishRequest request, ContentWriter content) {
            this.request = request;
            this.content = content;
        }

        long size() {
            return content.size();
        }

        @SuppressWarnings("FutureReturnValueIgnored") // a failure is what finish throws
        void add(byte[] chunk, int length) throws IOException {
            whole.update(chunk, 0, length);
            acquire();
            Optional<Throwable> failed = content.failure();
            if (failed.isPresent()) {
                throw refused(failed.get());
            }
            try {
                content.add(chunk, length).whenComplete((written, error) -> mayFly.release());
            } catch (InterruptException e) {
                throw interrupted();
            }
        }

        /** Returns when Kafka has all chunks. */
        FileContent finish() throws IOException {
            try {
                return await(content.finish(Sha256.ofDigest(whole.digest())));
            } catch (ExecutionException e) {
                throw refused(e);
            } catch (InterruptException e) {
                throw interrupted();
            }
        }

        private PublishFailedException refused(Throwable failure) {
            return new PublishFailedException(
                    "Kafka did not take the content of " + request.key() + ": " + reason(failure)
                            + ". Nothing was published; check that the cluster is reachable and send it again",
                    failure);
        }

        private void acquire() throws IOException {
            try {
                mayFly.acquire();
            } catch (InterruptedException e) {
                throw interrupted();
            }
        }
    }
}
