package io.tftpdc.admin.files;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tftpdc.admin.audit.AuditLog;
import io.tftpdc.admin.audit.AuditLog.Deed;
import io.tftpdc.admin.http.Problem;
import io.tftpdc.admin.http.ProblemException;
import io.tftpdc.client.ContentReader;
import io.tftpdc.client.ContentUnavailableException;
import io.tftpdc.client.FileCatalog;
import io.tftpdc.client.FilePublisher;
import io.tftpdc.client.PublishFailedException;
import io.tftpdc.client.PublishOutcome;
import io.tftpdc.client.PublishReceipt;
import io.tftpdc.client.PublishRequest;
import io.tftpdc.client.TftpdcClient.Restored;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.ObjectLocation;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileRevision;
import io.tftpdc.objects.ObjectStoreException;
import io.tftpdc.objects.ObjectStores;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Publishes and removes files for the resources: asks the index what is there, writes through {@link FilePublisher},
 * waits until the index shows it, and keeps the audit log. Any thread; blocks for as long as the body takes to come.
 */
public final class PublishFileHandler {
    /** Missing chunks that an answer names. */
    private static final int CHUNKS_NAMED = 5;

    private final FileCatalog catalog;
    private final ContentReader reader;
    private final FilePublisher publisher;
    private final ObjectStores objects;
    private final AuditLog audit;
    private final long maxFileSize;
    private final Duration indexWait;
    private final Counter receivedBytes;

    public PublishFileHandler(
            FileCatalog catalog,
            ContentReader reader,
            FilePublisher publisher,
            ObjectStores objects,
            AuditLog audit,
            long maxFileSize,
            Duration indexWait,
            MeterRegistry meters) {
        this.catalog = catalog;
        this.reader = reader;
        this.publisher = publisher;
        this.objects = objects;
        this.audit = audit;
        this.maxFileSize = maxFileSize;
        this.indexWait = indexWait;
        this.receivedBytes = Counter.builder("tftpdc.admin.published")
                .baseUnit("bytes")
                .description("Bytes of files published through REST")
                .register(meters);
    }

    /** @throws ProblemException when it is refused */
    PublishReceipt publish(FileTarget target, PublishHeaders headers, InputStream body, String remoteAddress)
            throws IOException {
        return publish(
                target,
                headers,
                deed(target, "file.publish", remoteAddress),
                request -> publisher.publish(request, body));
    }

    /**
     * Publishes an object where it lies, read with the rights of this process.
     *
     * @throws ProblemException when it is refused, or the object cannot be read
     */
    PublishReceipt publishFrom(ObjectLocation object, FileTarget target, PublishHeaders headers, String remoteAddress)
            throws IOException {
        return publish(target, headers.ofAnObject(), deed(target, "file.publish", remoteAddress), request -> {
            ObjectStores.Opened opened = objects.open(target.file().tenant(), object);
            try (InputStream bytes = opened.bytes()) {
                return publisher.publishAt(
                        request.expectingSize(opened.info().size()),
                        opened.info().location(),
                        bytes);
            }
        });
    }

    private interface Publishing {
        PublishOutcome run(PublishRequest request) throws IOException;
    }

    private PublishReceipt publish(FileTarget target, PublishHeaders headers, Deed deed, Publishing publishing)
            throws IOException {
        List<FileIndexEntry> known = known(target);
        PublishRequest request = new PublishRequest(
                known.getFirst(),
                known.subList(1, known.size()),
                deed.actor(),
                headers.contentType(),
                headers.labels(),
                headers.expectedHash(),
                headers.expectedSize(),
                maxFileSize);
        return switch (attempt(deed, () -> publishing.run(request))) {
            case PublishOutcome.Refused refused -> throw refuse(deed, refused);
            case PublishOutcome.Accepted accepted -> {
                FileEvent.FilePublished event = (FileEvent.FilePublished) accepted.event();
                receivedBytes.increment(event.content().size());
                audit.done(
                        deed,
                        event.content().hash() + " " + event.content().size() + " bytes"
                                + event.content()
                                        .location()
                                        .map(at -> " at " + at)
                                        .orElse(""));
                boolean replaced =
                        known.stream().anyMatch(entry -> entry.current().isPresent());
                yield receipt(target, accepted.events(), event, replaced);
            }
        };
    }

    /**
     * @return whether the index shows it already
     * @throws ProblemException when the file is not there
     */
    boolean remove(FileTarget target, String remoteAddress) throws IOException {
        Deed deed = deed(target, "file.remove", remoteAddress);
        List<FileEvent> events = new ArrayList<>();
        for (FileIndexEntry current : known(target)) {
            switch (attempt(deed, () -> publisher.remove(current, deed.actor()))) {
                case PublishOutcome.Refused refused -> throw refuse(deed, refused);
                case PublishOutcome.Accepted accepted -> events.addAll(accepted.events());
            }
        }
        audit.done(deed, events.getFirst().stamp().toString());
        return areShown(events);
    }

    private static Deed deed(FileTarget target, String what, String remoteAddress) {
        String files = target.keys().stream().map(FileKey::toString).collect(Collectors.joining(", "));
        return new Deed(target.file().tenant().value(), what, files, remoteAddress);
    }

    private List<FileIndexEntry> known(FileTarget target) throws IOException {
        List<FileIndexEntry> known = new ArrayList<>();
        for (FileKey key : target.keys()) {
            known.add(catalog.entry(key));
        }
        return known;
    }

    /** Whether the index shows all of it in time. */
    private boolean areShown(List<FileEvent> events) throws IOException {
        boolean shown = true;
        for (FileEvent event : events) {
            shown &= catalog.awaitStamp(event.key(), event.stamp(), indexWait);
        }
        return shown;
    }

    /**
     * Makes a revision that is kept the newest of its file.
     *
     * @param current what the index knows of the file
     * @throws ProblemException when it is refused
     */
    Restored restore(FileIndexEntry current, FileRevision revision, String remoteAddress) throws IOException {
        FileKey key = current.key();
        Deed deed = new Deed(key.tenant().value(), "conflict.restore", key.toString(), remoteAddress);
        String id = revision.stamp().eventId().toString();
        PublishOutcome outcome =
                switch (revision) {
                    case FileRevision.Published published -> {
                        requireBytes(deed, key, published.content());
                        yield attempt(deed, () -> publisher.publishAgain(current, published, deed.actor()));
                    }
                    case FileRevision.Removed removed -> attempt(deed, () -> publisher.remove(current, deed.actor()));
                };
        return switch (outcome) {
            case PublishOutcome.Refused refused -> throw refuse(deed, refused);
            case PublishOutcome.Accepted accepted -> {
                FileEvent event = accepted.event();
                audit.done(
                        deed, "revision " + id + " of site " + revision.stamp().origin());
                yield new Restored(
                        key.tenant().value(),
                        key.path().value(),
                        id,
                        event instanceof FileEvent.FilePublished ? "published" : "removed",
                        event.stamp().toString(),
                        catalog.awaitStamp(key, event.stamp(), indexWait));
            }
        };
    }

    /** What was published long ago, or at a site that is gone, need not be here any more. */
    private void requireBytes(Deed deed, FileKey key, FileContent content) throws IOException {
        Set<Sha256> missing;
        try {
            missing = reader.missing(content);
        } catch (ContentUnavailableException e) {
            throw gone(deed, "The chunks of this revision of " + key + " cannot be listed: " + e.getMessage());
        }
        if (!missing.isEmpty()) {
            String named = missing.stream().limit(CHUNKS_NAMED).map(Sha256::hex).collect(Collectors.joining(", "));
            throw gone(
                    deed,
                    missing.size() + " of the " + content.chunkCount() + " chunks of this revision of " + key
                            + " are not in this site's Kafka, such as " + named);
        }
    }

    private RuntimeException gone(Deed deed, String reason) {
        audit.refused(deed, reason);
        return Problem.of(409, "content-gone", reason, "Restore it at its own site, or publish the file again")
                .asException();
    }

    private interface Attempt {
        PublishOutcome run() throws IOException;
    }

    private PublishOutcome attempt(Deed deed, Attempt attempt) throws IOException {
        try {
            return attempt.run();
        } catch (PublishFailedException e) {
            audit.failed(deed, String.valueOf(e.getMessage()));
            throw e;
        } catch (ObjectStoreException e) {
            audit.failed(deed, String.valueOf(e.getMessage()));
            int status = e.kind().isLasting() ? 422 : 503;
            throw Problem.of(status, "object-" + e.kind().tag(), String.valueOf(e.getMessage()), "")
                    .asException();
        } catch (IOException e) {
            // The body's: whoever sent it has gone or has broken off.
            audit.failed(deed, "the body broke off: " + e.getMessage());
            throw Problem.of(
                            400,
                            "body-broke-off",
                            "The body ended early: " + e.getMessage(),
                            "Nothing was published; send it again")
                    .asException();
        }
    }

    private ProblemException refuse(Deed deed, PublishOutcome.Refused refused) {
        audit.refused(deed, refused.reason());
        return switch (refused.cause()) {
            case HASH_DIFFERS ->
                Problem.of(422, "hash-differs", refused.reason(), "").asException();
            case SIZE_DIFFERS ->
                Problem.of(400, "size-differs", refused.reason(), "").asException();
            case BAD_DESCRIPTION ->
                Problem.of(400, "malformed-description", refused.reason(), "").asException();
            case BAD_PATH ->
                Problem.of(400, "malformed-path", refused.reason(), "").asException();
            case TOO_LARGE -> Problem.of(413, "too-large", refused.reason(), "").asException();
            case CLOCK_BEHIND ->
                Problem.of(503, "clock-behind", refused.reason(), "").asException();
            case ABSENT -> Problem.of(404, "no-such-file", refused.reason(), "").asException();
        };
    }

    private PublishReceipt receipt(
            FileTarget target, List<FileEvent> events, FileEvent.FilePublished event, boolean replaced)
            throws IOException {
        boolean shown = areShown(events);
        String outcome = !shown ? "accepted" : replaced ? "replaced" : "created";
        return new PublishReceipt(
                outcome,
                target.file().tenant().value(),
                target.file().path().value(),
                target.sites().stream().map(SiteName::value).toList(),
                event.content().hash().hex(),
                event.content().size(),
                event.stamp().toString(),
                shown
                        ? "published"
                        : "Kafka has the file for good, but the index did not show it within " + indexWait.toSeconds()
                                + " s; it will. See GET /health/ready of the streams processors",
                FileViews.links(event.key()));
    }
}
