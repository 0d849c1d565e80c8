package io.tftpdc.edge.content;

import io.tftpdc.event.ObjectLocation;
import io.tftpdc.objects.ObjectStoreException;
import io.tftpdc.objects.ObjectStoreException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What object stores do not give: for the log, which is to say each trouble once and not at each attempt, and for the
 * status, which shows it for as long as it lasts. A store that does not answer, is not configured or lets nobody read is one
 * trouble however many objects it has; an object that is missing or has changed is one of its own. What nobody has asked for
 * within an hour is forgotten. Bounded. Thread-safe.
 */
public final class ObjectTroubles {
    static final Duration REMEMBERED = Duration.ofHours(1);

    private static final int MOST_STORES = 100;
    /** As many as are retried ahead of time. */
    private static final int MOST_OBJECTS = 10_000;

    /**
     * A store that does not give, and why.
     *
     * @param store its name; where none is configured, scheme and host of the objects
     * @param status of HTTP at last; 0 when there was none
     * @param sinceMillis when it began
     * @param objects how many are known to be concerned
     */
    public record Trouble(String store, Kind kind, int status, long sinceMillis, int objects) {

        private Trouble and(Trouble other) {
            return new Trouble(
                    store, kind, other.status, Math.min(sinceMillis, other.sinceMillis), objects + other.objects);
        }
    }

    private record Ill(String store, Kind kind, int status, long sinceMillis, long lastMillis) {

        boolean isFor(ObjectStoreException problem) {
            // One that is overloaded says so in several ways.
            return kind == problem.kind() && (kind == Kind.UNAVAILABLE || status == problem.status());
        }
    }

    /** In the order of their last failure; by store, and by object. */
    private final LinkedHashMap<String, Ill> stores = new LinkedHashMap<>();

    private final LinkedHashMap<ObjectLocation, Ill> objects = new LinkedHashMap<>();
    private final LongSupplier wallMillis;

    /** @param wallMillis as {@link System#currentTimeMillis} */
    ObjectTroubles(LongSupplier wallMillis) {
        this.wallMillis = wallMillis;
    }

    /**
     * A read has failed.
     *
     * @return whether this is something new, which the log has to say
     */
    synchronized boolean failed(ObjectLocation object, ObjectStoreException problem) {
        String store = nameOf(object, problem);
        boolean newOfStore = note(stores, MOST_STORES, store, store, problem);
        return switch (problem.kind()) {
            case UNAVAILABLE -> newOfStore;
            case UNCONFIGURED, REFUSED -> note(objects, MOST_OBJECTS, object, store, problem) && newOfStore;
            case MISSING, CHANGED, UNSUPPORTED -> note(objects, MOST_OBJECTS, object, store, problem);
        };
    }

    private static String nameOf(ObjectLocation object, ObjectStoreException problem) {
        return problem.store().equals(ObjectStoreException.NO_STORE) ? object.origin() : problem.store();
    }

    private <K> boolean note(LinkedHashMap<K, Ill> ill, int most, K key, String store, ObjectStoreException problem) {
        long now = wallMillis.getAsLong();
        forget(ill, now);
        @Nullable Ill before = ill.remove(key);
        boolean known = before != null && before.isFor(problem);
        long since = before != null && known ? before.sinceMillis() : now;
        ill.put(key, new Ill(store, problem.kind(), problem.status(), since, now));
        if (ill.size() > most) {
            ill.remove(ill.keySet().iterator().next());
        }
        return !known;
    }

    private static <K> void forget(LinkedHashMap<K, Ill> ill, long now) {
        Iterator<Ill> eldest = ill.values().iterator();
        while (eldest.hasNext() && now - eldest.next().lastMillis() > REMEMBERED.toMillis()) {
            eldest.remove();
        }
    }

    /**
     * A read was right.
     *
     * @return whether the store did not answer before
     */
    synchronized boolean succeeded(String store, ObjectLocation object) {
        objects.remove(object);
        Ill before = stores.remove(store);
        return before != null && before.kind() == Kind.UNAVAILABLE;
    }

    /** What does not give now, by store and reason. */
    public synchronized List<Trouble> now() {
        long now = wallMillis.getAsLong();
        forget(stores, now);
        forget(objects, now);
        Map<String, Trouble> troubles = new TreeMap<>();
        for (Ill object : objects.values()) {
            add(troubles, object, 1);
        }
        for (Ill store : stores.values()) {
            if (store.kind() == Kind.UNAVAILABLE) {
                add(troubles, store, 0);
            }
        }
        return new ArrayList<>(troubles.values());
    }

    private static void add(Map<String, Trouble> troubles, Ill ill, int objects) {
        troubles.merge(
                ill.store() + " " + ill.kind(),
                new Trouble(ill.store(), ill.kind(), ill.status(), ill.sinceMillis(), objects),
                Trouble::and);
    }
}
