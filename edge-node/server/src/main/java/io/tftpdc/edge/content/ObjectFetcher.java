package io.tftpdc.edge.content;

import io.micrometer.core.instrument.MeterRegistry;
import io.tftpdc.edge.content.ContentFetcher.Priority;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.ObjectRange;
import io.tftpdc.event.Sha256;
import io.tftpdc.objects.ObjectStoreException;
import io.tftpdc.objects.ObjectStoreException.Kind;
import io.tftpdc.objects.ObjectStores;
import io.tftpdc.objects.ObjectStores.Configured;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Reads chunks from object stores for the {@link ContentFetcher}: a range for each, checked by its hash. A lane for each
 * store bounds how many are read from it at once. What a store refuses for good is not asked for again for a while; what
 * fails for the moment is the fetcher's to try again.
 *
 * <p>Nothing here blocks but the lanes' own threads.
 */
final class ObjectFetcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectFetcher.class);

    /** What became of a read. Called on a lane's thread, or on the caller's when it is known already. */
    interface Answer {
        /** The bytes are those of the chunk. */
        void arrived(byte[] bytes);

        /** Not now. */
        void later(String problem);

        /** Not from there. */
        void refused(String problem);
    }

    private final ObjectStores stores;
    private final Map<String, ObjectLane> lanes;
    private final ObjectRefusals refusals = new ObjectRefusals(System::nanoTime);
    private final ObjectTroubles troubles = new ObjectTroubles(System::currentTimeMillis);

    private @Nullable MeterRegistry meters;

    /** @param stores stay the caller's to close, after this */
    ObjectFetcher(ObjectStores stores) {
        this.stores = stores;
        this.lanes = stores.all().stream()
                .map(Configured::config)
                .collect(Collectors.toMap(
                        config -> config.name(), config -> new ObjectLane(config.name(), config.connections())));
    }

    void bindTo(MeterRegistry registry) {
        meters = registry;
    }

    ObjectTroubles troubles() {
        return troubles;
    }

    void start() {
        lanes.values().forEach(ObjectLane::start);
    }

    void fetch(ObjectRange range, Sha256 chunk, Priority priority, Answer answer) {
        Optional<ObjectStoreException> standing = refusals.standing(range.object(), chunk);
        if (standing.isPresent()) {
            answer.refused(standing.get().forClients());
            return;
        }
        try {
            if (range.length() > FileContent.CHUNK_SIZE) {
                throw new ObjectStoreException(
                        Kind.UNSUPPORTED,
                        ObjectStoreException.NO_STORE,
                        range.object(),
                        0,
                        "its chunks are of " + range.length() + " bytes; expected at most " + FileContent.CHUNK_SIZE
                                + ". Publish the file again");
            }
            Configured store = stores.of(range.object());
            ObjectLane lane = lanes.get(store.config().name());
            if (lane != null) {
                lane.add(new Reading(store, range, chunk, answer), priority);
            }
        } catch (ObjectStoreException e) {
            failed(range, chunk, e, answer);
        }
    }

    /** Somebody waits for a chunk that may be asked for already. */
    void hurry(Sha256 chunk, Priority priority) {
        lanes.values().forEach(lane -> lane.hurry(chunk, priority));
    }

    private final class Reading implements ObjectLane.Read {
        private final Configured store;
        private final ObjectRange range;
        private final Sha256 chunk;
        private final Answer answer;

        Reading(Configured store, ObjectRange range, Sha256 chunk, Answer answer) {
            this.store = store;
            this.range = range;
            this.chunk = chunk;
            this.answer = answer;
        }

        @Override
        public Sha256 chunk() {
            return chunk;
        }

        @Override
        public void run() {
            long start = System.nanoTime();
            try {
                byte[] read = store.read(range.object(), range.offset(), range.length());
                timed(start);
                if (!Sha256.of(read).equals(chunk)) {
                    throw new ObjectStoreException(
                            Kind.CHANGED,
                            store.config().name(),
                            range.object(),
                            0,
                            "the " + range.length() + " bytes from " + range.offset()
                                    + " on are not those that were published; they are not served. Publish the file again,"
                                    + " and write what changes under another key or with versions");
                }
                succeeded(store, range, chunk);
                answer.arrived(read);
            } catch (ObjectStoreException e) {
                failed(range, chunk, e, answer);
            } catch (RuntimeException | LinkageError e) { // a plugin may lack a class; the lane has to go on
                LOG.atError().addKeyValue("object", range.object()).setCause(e).log("Reading an object failed, a bug");
                answer.later("an internal error: " + e.getMessage());
            }
        }
    }

    private void timed(long start) {
        MeterRegistry registry = meters;
        if (registry != null) {
            ContentMeters.OBJECT_DURATION.timer(registry).record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        }
    }

    private void succeeded(Configured store, ObjectRange range, Sha256 chunk) {
        String name = store.config().name();
        count(name, "ok");
        MeterRegistry registry = meters;
        if (registry != null) {
            ContentMeters.OBJECT_READ.counter(registry, "store", name).increment(range.length());
        }
        refusals.given(range.object(), chunk);
        if (troubles.succeeded(name, range.object())) {
            LOG.atInfo().addKeyValue("store", name).log("Object store answers again");
        }
    }

    private void failed(ObjectRange range, Sha256 chunk, ObjectStoreException problem, Answer answer) {
        count(problem.store(), problem.kind().tag());
        boolean isNew = troubles.failed(range.object(), problem);
        if (problem.kind().isLasting()) {
            Duration pause = refusals.refused(range.object(), chunk, problem);
            logged(isNew, range, problem, "Object cannot be read, clients are told so; said once, see /status")
                    .addKeyValue("nextAttemptSeconds", pause.toSeconds())
                    .log();
            answer.refused(problem.forClients());
        } else {
            logged(isNew, range, problem, "Object store does not answer, trying again")
                    .log();
            answer.later(problem.forClients());
        }
    }

    private static LoggingEventBuilder logged(
            boolean isNew, ObjectRange range, ObjectStoreException problem, String message) {
        // The location of what is read nowhere here is nobody's business here; it may have a secret in it.
        boolean ours = !problem.store().equals(ObjectStoreException.NO_STORE);
        return (isNew ? LOG.atWarn() : LOG.atDebug())
                .setMessage(message)
                .addKeyValue("store", problem.store())
                .addKeyValue("object", ours ? range.object() : range.object().origin())
                .addKeyValue("status", problem.status())
                .addKeyValue("outcome", problem.kind().tag())
                .addKeyValue("problem", problem.getMessage());
    }

    private void count(String store, String outcome) {
        MeterRegistry registry = meters;
        if (registry != null) {
            ContentMeters.OBJECT_READS
                    .counter(registry, "store", store, "outcome", outcome)
                    .increment();
        }
    }

    @Override
    public void close() {
        lanes.values().forEach(ObjectLane::close);
    }
}
