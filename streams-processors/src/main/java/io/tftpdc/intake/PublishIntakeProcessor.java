package io.tftpdc.intake;

import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.RejectedRecord;
import io.tftpdc.event.Tenant;
import io.tftpdc.event.VersionVector;
import io.tftpdc.intake.IntakeDecision.PartRepeated;
import io.tftpdc.intake.IntakeDecision.PartTaken;
import io.tftpdc.intake.IntakeDecision.Publish;
import io.tftpdc.intake.IntakeDecision.Reject;
import io.tftpdc.intake.IntakeDecision.Remove;
import io.tftpdc.intake.PublishRequest.Listed;
import io.tftpdc.intake.PublishRequest.Part;
import io.tftpdc.intake.PublishRequest.Removal;
import io.tftpdc.intake.PublishRequest.Unreadable;
import io.tftpdc.intake.PublishRequest.UploadId;
import io.tftpdc.intake.PublishRequest.Whole;
import io.tftpdc.streams.kit.Rejections;
import io.tftpdc.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks {@link PublishIntake} about every record of the publish topics and carries out what it decides. Runs on a stream
 * thread, inside a transaction that holds the chunks, the event, the upload's state and the offset.
 */
final class PublishIntakeProcessor implements Consumer<Record<byte[], byte[]>> {
    private static final Logger LOG = LoggerFactory.getLogger(PublishIntakeProcessor.class);

    private static final Duration LONGEST_WATCH = Duration.ofMinutes(1);

    private final IntakeSetup setup;
    private final SiteKnowledge knowledge;
    private final PublishIntake intake;
    private final IntakeMeters meters;
    private final Rejections rejections;

    private final ProcessorContext<Object, Object> context;
    private final UploadStore uploads;
    private final IntakeClock clock;
    private final CommitPace pace;

    PublishIntakeProcessor(
            ProcessorContext<Object, Object> context,
            IntakeSetup setup,
            SiteKnowledge knowledge,
            IntakeMeters meters,
            Arrivals arrivals) {
        this.setup = setup;
        this.knowledge = knowledge;
        this.intake = new PublishIntake(setup.limits());
        this.meters = meters;
        this.rejections = new Rejections(setup.site(), PublishIntakeTopology.INTAKE);
        this.context = context;
        this.uploads = new UploadStore(context.getStateStore(UploadStore.NAME));
        this.clock =
                new IntakeClock(setup.site(), setup.clock(), setup.skew(), context.getStateStore(IntakeClock.STORE));
        this.pace = new CommitPace(arrivals, context::commit);
        context.schedule(PublishIntakeTopology.LOOK, PunctuationType.WALL_CLOCK_TIME, now -> pace.look());
        Duration quarter = setup.limits().uploadIdle().dividedBy(4).plusMillis(1);
        Duration every = quarter.compareTo(LONGEST_WATCH) < 0 ? quarter : LONGEST_WATCH;
        context.schedule(every, PunctuationType.WALL_CLOCK_TIME, this::expireUploads);
    }

    @Override
    public void accept(Record<byte[], byte[]> record) {
        long now = context.currentSystemTimeMs();
        RejectedRecord.Origin origin = Rejections.origin(context, record);
        PublishRequest request = read(origin.topic(), record);
        Optional<UploadId> uploadId = uploadIdOf(request);
        UploadStep step = clockProblem(request, now)
                .orElseGet(() -> intake.decide(request, uploadId.flatMap(uploads::get), origin, now));
        meters.count(step.decision());
        switch (step.decision()) {
            case Publish publish -> {
                writeChunks(publish.chunks(), record.timestamp());
                for (FileKey key : publish.keys()) {
                    VersionVector seen = seen(key);
                    writeEvent(
                            key, publish.event(key, clock.envelope(origin, key, seen, now), seen), record.timestamp());
                }
            }
            case Remove remove -> {
                for (FileKey key : remove.keys()) {
                    VersionVector seen = seen(key);
                    writeEvent(
                            key, remove.event(key, clock.envelope(origin, key, seen, now), seen), record.timestamp());
                }
            }
            case PartTaken taken -> writeChunks(taken.chunks(), record.timestamp());
            case PartRepeated repeated ->
                LOG.atDebug().addKeyValue("upload", uploadId).log("A part came again and is ignored");
            case Reject reject -> {
                log(reject, origin);
                context.forward(rejections.reject(context, record, reject.reason()), PublishIntakeTopology.REJECTED);
            }
        }
        uploadId.ifPresent(id -> uploads.apply(id, step.change()));
        if (step.decision() instanceof PartTaken) {
            pace.takenForLater();
        } else {
            pace.taken(record.timestamp(), now);
        }
    }

    /** A part is refused like a whole file and can be sent again, since what is remembered of its upload stays. */
    private Optional<UploadStep> clockProblem(PublishRequest request, long now) {
        return request instanceof Unreadable
                ? Optional.empty()
                : clock.problem(now).map(reason -> UploadStep.unchanged(new Reject(RejectReason.CLOCK_BEHIND, reason)));
    }

    private VersionVector seen(FileKey key) {
        VersionVector seen = knowledge.of(key);
        if (!seen.known()) {
            meters.blind();
        }
        return seen;
    }

    private PublishRequest read(String topic, Record<byte[], byte[]> record) {
        Optional<Tenant> tenant = Topics.tenantOf(topic);
        if (tenant.isEmpty()) {
            return new Unreadable(
                    RejectReason.BAD_TENANT,
                    "topic " + topic + " does not end in a tenant's name; produce to " + Topics.PUBLISH_PREFIX
                            + " and 1 to 63 of a-z, 0-9 and '-', not starting or ending with '-'");
        }
        return intake.read(tenant.get(), record.key(), Rejections.headers(record.headers()), record.value());
    }

    private static Optional<UploadId> uploadIdOf(PublishRequest request) {
        return switch (request) {
            case Part part -> Optional.of(part.id());
            case Whole whole -> Optional.empty();
            case Listed listed -> Optional.empty();
            case Removal removal -> Optional.empty();
            case Unreadable unreadable -> Optional.empty();
        };
    }

    private void writeChunks(List<Chunk> chunks, long timestamp) {
        for (Chunk chunk : chunks) {
            forward(chunk.hash(), chunk.copy(), timestamp, PublishIntakeTopology.CONTENT);
        }
    }

    private void writeEvent(FileKey key, FileEvent event, long timestamp) {
        forward(key, event, timestamp, PublishIntakeTopology.FILE_EVENTS);
    }

    private void forward(Object key, Object value, long timestamp, String sink) {
        context.forward(new Record<>(key, value, timestamp), sink);
    }

    private void expireUploads(long now) {
        List<UploadStore.Remembered> idle =
                uploads.matching((id, state) -> intake.expire(id, state, now).isPresent());
        for (UploadStore.Remembered upload : idle) {
            intake.expire(upload.id(), upload.state(), now).ifPresent(step -> {
                uploads.apply(upload.id(), step.change());
                if (step.decision() instanceof Reject reject
                        && upload.state() instanceof UploadState.InProgress progress) {
                    meters.count(reject);
                    log(reject, progress.lastPart());
                    byte[] key = upload.id().key().path().value().getBytes(StandardCharsets.UTF_8);
                    context.forward(
                            rejections.reject(progress.lastPart(), key, List.of(), null, reject.reason()),
                            PublishIntakeTopology.REJECTED);
                }
            });
        }
    }

    private static void log(Reject reject, RejectedRecord.Origin origin) {
        LOG.atInfo()
                .addKeyValue("topic", origin.topic())
                .addKeyValue("partition", origin.partition())
                .addKeyValue("offset", origin.offset())
                .addKeyValue("kind", reject.kind().tag())
                .addKeyValue("reason", reject.reason())
                .log("Publish rejected");
    }
}
