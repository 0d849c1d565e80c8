package io.tftpdc.edge.content;

import io.tftpdc.event.ObjectLocation;
import io.tftpdc.event.Sha256;
import io.tftpdc.objects.ObjectStoreException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What object stores have refused for good, as far as they know, so that a thousand clients who boot do not ask them a
 * thousand times: from one second to a minute, longer each time that it is refused again. Bounded. Thread-safe.
 */
final class ObjectRefusals {
    private static final long FIRST_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long LONGEST_NANOS = Duration.ofMinutes(1).toNanos();
    private static final int MOST = 1_000;

    private final LongSupplier nanoTime;
    private final Map<Subject, Refusal> refusals = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Subject, Refusal> eldest) {
            return size() > MOST;
        }
    };

    /** An object, or only one chunk of it where that alone was wrong: a later version of the file may have others. */
    private record Subject(ObjectLocation object, Optional<Sha256> chunk) {}

    private record Refusal(ObjectStoreException reason, long until, long pause) {}

    /** @param nanoTime as {@link System#nanoTime} */
    ObjectRefusals(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Why the store is not to be asked for this now; empty when it is. */
    synchronized Optional<ObjectStoreException> standing(ObjectLocation object, Sha256 chunk) {
        return standing(new Subject(object, Optional.empty()))
                .or(() -> standing(new Subject(object, Optional.of(chunk))));
    }

    private Optional<ObjectStoreException> standing(Subject subject) {
        Refusal refusal = refusals.get(subject);
        return refusal != null && refusal.until() - nanoTime.getAsLong() > 0
                ? Optional.of(refusal.reason())
                : Optional.empty();
    }

    /** @return how long it stands */
    synchronized Duration refused(ObjectLocation object, Sha256 chunk, ObjectStoreException reason) {
        boolean chunkOnly = reason.kind() == ObjectStoreException.Kind.CHANGED;
        Subject subject = new Subject(object, chunkOnly ? Optional.of(chunk) : Optional.empty());
        @Nullable Refusal before = refusals.get(subject);
        long pause = before == null ? FIRST_NANOS : Math.min(LONGEST_NANOS, 2 * before.pause());
        refusals.put(subject, new Refusal(reason, nanoTime.getAsLong() + pause, pause));
        return Duration.ofNanos(pause);
    }

    /** It was read. */
    synchronized void given(ObjectLocation object, Sha256 chunk) {
        if (!refusals.isEmpty()) {
            refusals.remove(new Subject(object, Optional.empty()));
            refusals.remove(new Subject(object, Optional.of(chunk)));
        }
    }
}
