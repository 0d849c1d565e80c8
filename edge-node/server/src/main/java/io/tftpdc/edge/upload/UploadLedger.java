package io.tftpdc.edge.upload;

import io.tftpdc.edge.index.IndexListener;
import io.tftpdc.edge.policy.UploadPolicy;
import io.tftpdc.edge.policy.UploadPolicy.Quota;
import io.tftpdc.edge.policy.UploadPolicy.Rule;
import io.tftpdc.event.EventStamp;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.tftp.packet.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What counts against the quotas: files that the index shows, uploads that run, and uploads that are stored but not in
 * the index yet. The last two are {@linkplain Reservation reservations}; one that was committed ends when the index shows
 * its version or a later one.
 *
 * <p>Thread-safe; what is called on event loops holds the lock for microseconds.
 */
final class UploadLedger implements IndexListener {
    /** Uploads that do not announce their size take room in such steps, so that the lock is taken once in a while. */
    private static final long STEP_BYTES = 64 * 1024;

    /** Of an upload that was admitted by an earlier run, perhaps with other rules. */
    private static final int NO_RULE = -1;

    /** Files that are read in one go with the lock held. */
    static final int PAGE = 200;

    private final Function<FileKey, Optional<FileIndexEntry>> index;
    private final Map<FileKey, List<Reservation>> committed = new HashMap<>();
    private final Set<Reservation> open = new HashSet<>();
    /** What is decided by. */
    private Book book;
    /** What will be decided by once all has been counted by its rules. */
    private @Nullable Book next;

    private boolean complete;
    private boolean refusedForQuota;

    /** A rule's quota is each tenant's own. */
    private record Scope(int rule, Tenant tenant) {}

    /** What counts in one scope. */
    private static final class Count {
        /** In order, so that it can be gone through without the lock being held all the time. */
        final NavigableMap<FileKey, Long> stored = new TreeMap<>();

        long storedBytes;
        long reservedBytes;
        long reservedFiles;

        void store(FileKey key, @Nullable Long size) {
            Long before = size == null ? stored.remove(key) : stored.put(key, size);
            storedBytes += (size == null ? 0 : size) - (before == null ? 0 : before);
        }
    }

    /** Rules, and what counts by them. */
    static final class Book {
        private final UploadPolicy policy;
        private final Map<Scope, Count> counts = new HashMap<>();

        private Book(UploadPolicy policy) {
            this.policy = policy;
        }

        private Count count(int rule, Tenant tenant) {
            return counts.computeIfAbsent(new Scope(rule, tenant), scope -> new Count());
        }

        private void forEachCount(FileKey key, Consumer<Count> action) {
            List<Rule> rules = policy.rules();
            for (int i = 0; i < rules.size(); i++) {
                if (rules.get(i).covers(key)) {
                    action.accept(count(i, key.tenant()));
                }
            }
        }

        private boolean covers(FileKey key) {
            return policy.rules().stream().anyMatch(rule -> rule.covers(key));
        }
    }

    /** @param index what the node knows of a file; read with this ledger's lock held, so it must not wait for long */
    UploadLedger(UploadPolicy policy, Function<FileKey, Optional<FileIndexEntry>> index) {
        this.book = new Book(policy);
        this.index = index;
    }

    /** The rules that are decided by. */
    synchronized UploadPolicy policy() {
        return book.policy;
    }

    /** What {@link #completed} is to be told of when the index has been gone through for the first time. */
    synchronized Book book() {
        return book;
    }

    /**
     * Gets ready for other rules. From now on changes count by them too; when all that the index has was {@linkplain
     * #recount counted}, {@link #completed} puts them in force. Uploads that run keep the rule that they began with.
     */
    synchronized Book prepare(UploadPolicy policy) {
        Book prepared = new Book(policy);
        next = prepared;
        open.forEach(reservation -> reservation.touch(prepared));
        return prepared;
    }

    /** Whether a file is there, or will be as soon as the index has caught up with what is stored already. */
    synchronized boolean exists(FileKey key) {
        return committed.containsKey(key)
                || index.apply(key).flatMap(FileIndexEntry::current).isPresent();
    }

    /** Whether what the index shows has been counted, so that quotas can be kept. */
    synchronized boolean isComplete() {
        return complete;
    }

    @Override
    public synchronized boolean concerns(FileIndexEntry entry) {
        return book.covers(entry.key()) || (next != null && next.covers(entry.key()));
    }

    @Override
    public void changed(List<FileKey> files) {
        files.forEach(this::recount);
    }

    @Override
    public void located(List<Sha256> chunks) {
        // Quotas count files, wherever their chunks lie.
    }

    /**
     * Counts a file as the index has it now: the entry is read under the lock, so that a change that came meanwhile is not
     * undone.
     */
    synchronized void recount(FileKey key) {
        index.apply(key).ifPresentOrElse(this::count, () -> forEachCount(key, count -> count.store(key, null)));
    }

    /** All that the index had when this book was begun has been counted. */
    synchronized void completed(Book counted) {
        if (counted == next) {
            book = counted;
            next = null;
        }
        complete |= counted == book;
    }

    /** Looks whether the index still has the files that are counted; not on an event loop. */
    void recountAll() {
        for (Count count : scopes()) {
            Optional<FileKey> after = Optional.empty();
            for (List<FileKey> page = page(count, after); !page.isEmpty(); page = page(count, after)) {
                page.forEach(this::recount);
                after = Optional.of(page.getLast());
            }
        }
    }

    private synchronized List<Count> scopes() {
        return List.copyOf(book.counts.values());
    }

    private synchronized List<FileKey> page(Count count, Optional<FileKey> after) {
        NavigableMap<FileKey, Long> rest =
                after.map(last -> count.stored.tailMap(last, false)).orElse(count.stored);
        return rest.keySet().stream().limit(PAGE).toList();
    }

    /** Whether an upload was refused for a quota since the last call. */
    synchronized boolean takeRefusedForQuota() {
        boolean refused = refusedForQuota;
        refusedForQuota = false;
        return refused;
    }

    private void count(FileIndexEntry entry) {
        FileKey key = entry.key();
        Long size = entry.current().map(version -> version.content().size()).orElse(null);
        forEachCount(key, count -> count.store(key, size));
        List<Reservation> waiting = committed.get(key);
        if (waiting != null) {
            entry.winner().ifPresent(winner -> List.copyOf(waiting).stream()
                    .filter(reservation -> reservation.isShownBy(winner.stamp()))
                    .forEach(Reservation::release));
        }
    }

    private void forEachCount(FileKey key, Consumer<Count> action) {
        book.forEachCount(key, action);
        if (next != null) {
            next.forEachCount(key, action);
        }
    }

    /** What came of asking for room. */
    sealed interface Reserving {
        record Reserved(Reservation reservation) implements Reserving {}

        record Refused(UploadResult.Refused why) implements Reserving {}
    }

    /**
     * Asks for room for one upload under a rule, and for as many bytes as it announces.
     *
     * @param decidedBy where the rule is from
     */
    synchronized Reserving reserve(UploadPolicy decidedBy, int rule, FileKey key, OptionalLong announced) {
        if (decidedBy != book.policy) {
            return new Reserving.Refused(
                    UploadResult.Refused.unavailable("the rules for uploads have just changed; try again"));
        }
        Reservation reservation = new Reservation(rule, key);
        long bytes = announced.orElse(0);
        Optional<UploadResult.Refused> refused = reservation.fits(bytes);
        if (refused.isPresent()) {
            reservation.release();
            return new Reserving.Refused(refused.get());
        }
        reservation.resize(bytes);
        return new Reserving.Reserved(reservation);
    }

    /** Counts an upload that an earlier run of the node has stored and that may not be in the index yet. */
    synchronized void restore(FileKey key, EventStamp stamp, long size) {
        new Reservation(NO_RULE, key).commit(stamp, size);
    }

    /** An upload that was stored under this stamp will not be published: it takes no room any more. */
    synchronized void forget(FileKey key, EventStamp stamp) {
        List.copyOf(committed.getOrDefault(key, List.of())).stream()
                .filter(reservation -> stamp.equals(reservation.stamp))
                .forEach(Reservation::release);
    }

    /** Room that one upload takes. */
    final class Reservation {
        private final Book of = book;
        private final int rule;
        private final FileKey key;
        private final boolean newFile;
        private final List<Count> touched = new ArrayList<>();
        /** Written with the ledger's lock held. */
        private volatile long bytes;

        private boolean released;
        private @Nullable EventStamp stamp;

        private Reservation(int rule, FileKey key) {
            this.rule = rule;
            this.key = key;
            this.newFile = !exists(key);
            touch(book);
            if (next != null) {
                touch(next);
            }
            open.add(this);
        }

        private void touch(Book other) {
            other.forEachCount(key, count -> {
                touched.add(count);
                count.reservedBytes += bytes;
                count.reservedFiles += newFile ? 1 : 0;
            });
        }

        /** How many bytes there is room for. Any thread. */
        long bytes() {
            return bytes;
        }

        /** Sees to it that there is room for so many bytes in all; says why not when there is none. */
        Optional<UploadResult.Refused> grow(long total) {
            synchronized (UploadLedger.this) {
                if (total <= bytes || released) {
                    return Optional.empty();
                }
                long rounded = (total + STEP_BYTES - 1) / STEP_BYTES * STEP_BYTES;
                boolean roomy = rounded <= of.policy.rules().get(rule).maxSize()
                        && fits(rounded).isEmpty();
                Optional<UploadResult.Refused> refused = roomy ? Optional.empty() : fits(total);
                if (refused.isEmpty()) {
                    resize(roomy ? rounded : total);
                }
                return refused;
            }
        }

        private Optional<UploadResult.Refused> fits(long total) {
            Quota quota = of.policy.rules().get(rule).quota();
            Count count = of.count(rule, key.tenant());
            long replaced = count.stored.getOrDefault(key, 0L);
            long besides = count.storedBytes - replaced + count.reservedBytes - bytes;
            long files = count.stored.size() + count.reservedFiles;
            String problem;
            if (total > quota.bytes() - besides) {
                problem = besides + " of " + quota.bytes() + " bytes are taken and " + total
                        + " are needed; remove files, or have uploads.rules[" + rule + "].quota-size raised";
            } else if (newFile && files > quota.files()) {
                problem = "there are " + (files - 1) + " of " + quota.files()
                        + " files; remove some, or have uploads.rules[" + rule + "].quota-files raised";
            } else {
                return Optional.empty();
            }
            refusedForQuota = true;
            return Optional.of(UploadResult.Refused.notAllowed(
                    ErrorCode.DISK_FULL, "the quota for " + key + " is used up: " + problem));
        }

        private void resize(long total) {
            long more = total - bytes;
            bytes = total;
            touched.forEach(count -> count.reservedBytes += more);
        }

        /**
         * The upload has its final size and is about to be made visible under this stamp. From now on the file counts as
         * existing; the reservation ends when the index shows it, or with {@link #release} if it fails after all.
         */
        void commit(EventStamp as, long size) {
            synchronized (UploadLedger.this) {
                if (released || stamp != null) {
                    return;
                }
                resize(size);
                stamp = as;
                committed.computeIfAbsent(key, file -> new ArrayList<>()).add(this);
                index.apply(key)
                        .flatMap(FileIndexEntry::winner)
                        .filter(winner -> isShownBy(winner.stamp()))
                        .ifPresent(winner -> release());
            }
        }

        /** Whether another upload of the file has been stored, or the index shows one, apart from this one. */
        boolean existsBesides() {
            synchronized (UploadLedger.this) {
                return committed.getOrDefault(key, List.of()).stream().anyMatch(other -> other != this)
                        || index.apply(key).flatMap(FileIndexEntry::current).isPresent();
            }
        }

        private boolean isShownBy(EventStamp winner) {
            return stamp != null && winner.compareTo(stamp) >= 0;
        }

        /** Gives the room back. Idempotent. */
        void release() {
            synchronized (UploadLedger.this) {
                if (released) {
                    return;
                }
                released = true;
                open.remove(this);
                touched.forEach(count -> {
                    count.reservedBytes -= bytes;
                    count.reservedFiles -= newFile ? 1 : 0;
                });
                List<Reservation> waiting = committed.get(key);
                if (waiting != null) {
                    waiting.remove(this);
                    if (waiting.isEmpty()) {
                        committed.remove(key);
                    }
                }
            }
        }
    }
}
