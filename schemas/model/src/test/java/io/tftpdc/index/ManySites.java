package io.tftpdc.index;

import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.EventStamp;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridClock;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.convergence.DigestReport;
import io.tftpdc.index.convergence.DigestReport.BucketKey;
import io.tftpdc.index.convergence.DigestReport.Fingerprint;
import io.tftpdc.index.convergence.RepairPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A few sites in memory, one random source deciding what happens next: somebody publishes or removes, a link carries a
 * record, carries it twice or carries it late, a link goes down and comes back, a site reads on, takes a snapshot, or
 * falls back to its last one as after a crash. Where faults are wanted that no mirror mends, links also lose records for
 * good, topics lose what was not read yet, and a whole site is rebuilt from nothing; then the sites repair one another.
 *
 * <p>Every step has a seed of its own, so that a history that fails can be cut down to the steps that matter.
 *
 * <pre>
 *   site 1                               site 2
 *   clock (skewed)                       clock (skewed)
 *   log of its own events  ──── link ──► log mirrored from site 1
 *   log mirrored from site 2 ◄── link ── log of its own events
 *        │ read position of each
 *        ▼
 *   index + digests ◄──► snapshot (index, digests, positions)
 * </pre>
 */
final class ManySites {
    private static final long START_MILLIS = 1_767_225_600_000L;
    private static final int STEPS_SHOWN = 40;
    private static final int LONGEST_REPAIR_SECONDS = 200;

    private final boolean lossy;
    private Random random;
    private final List<Site> sites = new ArrayList<>();
    private final List<Link> links = new ArrayList<>();
    private final List<FileKey> keys = new ArrayList<>();
    private final List<FileEvent> said = new ArrayList<>();
    /** What the writer of each event knew of the file, and what the writers of that knew. */
    private final Map<EventId, BitSet> knowledge = new HashMap<>();
    /** The bit of each event in these sets. */
    private final Map<EventId, Integer> numbers = new HashMap<>();

    private final Map<FileIndexEntry, IndexDigest> histories = new IdentityHashMap<>();
    private final List<String> steps = new ArrayList<>();
    private long wallMillis = START_MILLIS;
    private long applied;
    private long concurrent;
    private boolean rebuilt;
    private int stepsShown = STEPS_SHOWN;

    ManySites(Random random) {
        this(random, false);
    }

    /** @param lossy whether records are lost for good */
    ManySites(Random random, boolean lossy) {
        this.random = random;
        this.lossy = lossy;
        int count = 2 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            sites.add(new Site(i, count, random.nextInt(2_000) - 1_000));
        }
        for (Site from : sites) {
            sites.stream().filter(to -> to != from).forEach(to -> links.add(new Link(from, to)));
        }
        for (int i = 1 + random.nextInt(12); i > 0; i--) {
            keys.add(FileKey.of(i % 3 == 0 ? "acme" : "default", "file-" + i));
        }
    }

    /** Lets so many things happen; a broken invariant throws with the steps that led there. */
    void run(int count) {
        Random seeds = new Random(random.nextLong());
        for (int i = 0; i < count; i++) {
            step(seeds.nextLong());
        }
    }

    /** Keeps all that happens, for a history that is short. */
    void showAll() {
        stepsShown = Integer.MAX_VALUE;
    }

    /** Lets one thing happen, all of it decided by the seed and by what was before. */
    void step(long seed) {
        random = new Random(seed);
        wallMillis += random.nextInt(3) == 0 ? random.nextInt(20) : 0;
        Site site = sites.get(random.nextInt(sites.size()));
        if (lossy && random.nextInt(60) == 0) {
            site.loseSomething();
            return;
        }
        int dice = random.nextInt(100);
        if (dice < 12) {
            site.say();
        } else if (dice < 50) {
            links.get(random.nextInt(links.size())).step();
        } else if (dice < 97) {
            site.read();
        } else if (dice < 98) {
            site.snapshot();
        } else if (dice < 99) {
            site.restart();
        } else {
            links.get(random.nextInt(links.size())).toggle();
        }
    }

    /** All links come up and carry what is left; all sites read what is there. */
    void settle() {
        links.forEach(Link::carryTheRest);
        sites.forEach(Site::readTheRest);
        if (lossy) {
            repair();
        }
    }

    /** Sites tell one another what they have, once a second, and do what their plans say, until they agree. */
    private void repair() {
        random = new Random(said.size());
        sites.forEach(site -> site.plan = new RepairPlan(site.name, new RepairPlan.Settings(3_000, 10_000, 60_000)));
        for (int second = 0; second < LONGEST_REPAIR_SECONDS && !allAgree(); second++) {
            wallMillis += 1_000;
            sites.forEach(Site::report);
            sites.forEach(Site::mend);
            links.forEach(Link::carryTheRest);
            sites.forEach(Site::readTheRest);
        }
    }

    private IndexDigest history(FileIndexEntry entry) {
        return histories.computeIfAbsent(entry, IndexDigest::ofHistory);
    }

    private boolean allAgree() {
        return sites.stream()
                .allMatch(site -> site.histories().equals(sites.get(0).histories()));
    }

    /** Throws unless every site holds the index, and the digests, that the events mean. */
    void requireAgreement() {
        Map<FileKey, FileIndexEntry> expected = meaningOf(said);
        Map<Tenant, IndexDigest> digests = digestsOf(expected);
        for (Site site : sites) {
            for (FileKey key : keys) {
                FileIndexEntry found = site.index.getOrDefault(key, FileIndexEntry.empty(key));
                FileIndexEntry wanted = expected.getOrDefault(key, FileIndexEntry.empty(key));
                require(
                        found.equals(wanted),
                        () -> site.name + " holds\n" + lines(found) + "; expected\n" + lines(wanted));
                requireConflicts(site, found);
            }
            require(
                    site.digests.equals(digests),
                    () -> site.name + " digests " + site.digests + "; expected " + digests);
            require(digestsOf(site.index).equals(site.digests), () -> site.name + " kept a digest that is not its own");
        }
    }

    /** What is listed as a conflict is what was written without anybody knowing of it, no more and no less. */
    private void requireConflicts(Site site, FileIndexEntry found) {
        List<FileRevision> made = new ArrayList<>();
        List<FileRevision> all = found.revisions();
        for (FileRevision one : all) {
            boolean known = all.stream().anyMatch(other -> knew(other, one));
            if (!known && one != all.get(0) && !one.sameEffect(all.get(0))) {
                made.add(one);
            }
        }
        concurrent += made.size();
        require(
                found.conflicts().equals(made),
                () -> site.name + " lists " + found.conflicts() + " as conflicts; made were " + made);
    }

    /** Found without version vectors: from the sets of events, and that what a site says comes one after the other. */
    private boolean knew(FileRevision later, FileRevision earlier) {
        EventStamp stamp = later.stamp();
        return stamp.origin().equals(earlier.stamp().origin())
                ? earlier.stamp().compareTo(stamp) < 0
                : knowledge.getOrDefault(stamp.eventId(), new BitSet()).get(numberOf(earlier));
    }

    private int numberOf(FileRevision revision) {
        return Objects.requireNonNull(numbers.get(revision.stamp().eventId()), "a revision that nobody wrote");
    }

    long conflictsMade() {
        return concurrent;
    }

    long eventsApplied() {
        return applied;
    }

    /** The index that a set of events stands for, found without the fold: by sorting. */
    private static Map<FileKey, FileIndexEntry> meaningOf(List<FileEvent> events) {
        Map<FileKey, List<FileRevision>> revisions = new HashMap<>();
        for (FileEvent event : events) {
            revisions
                    .computeIfAbsent(event.key(), key -> new ArrayList<>())
                    .addAll(FileIndexFold.lift(event).revisions());
        }
        Map<FileKey, FileIndexEntry> index = new HashMap<>();
        revisions.forEach((key, all) -> {
            if (!all.isEmpty()) {
                all.sort(Comparator.comparing(FileRevision::stamp).reversed());
                index.put(
                        key,
                        new FileIndexEntry(key, all.subList(0, Math.min(all.size(), FileIndexEntry.MAX_REVISIONS))));
            }
        });
        return index;
    }

    private static Map<Tenant, IndexDigest> digestsOf(Map<FileKey, FileIndexEntry> index) {
        Map<Tenant, IndexDigest> digests = new TreeMap<>();
        index.values().forEach(entry -> digests.merge(entry.key().tenant(), IndexDigest.of(entry), IndexDigest::plus));
        return digests;
    }

    private static String lines(FileIndexEntry entry) {
        StringBuilder text = new StringBuilder();
        entry.revisions().forEach(revision -> text.append("  ")
                .append(revision.stamp())
                .append(' ')
                .append(revision.getClass().getSimpleName())
                .append('\n'));
        return text.toString();
    }

    private void note(String step) {
        if (steps.size() == stepsShown) {
            steps.remove(0);
        }
        steps.add(step);
    }

    private void require(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise.get() + "\nlast steps:\n  " + String.join("\n  ", steps));
        }
    }

    /** One site: its clock, its topics, its processor. */
    private final class Site {
        private final int number;
        private final SiteName name;
        private final HybridClock clock;
        /** By number of the origin; a site's own log is the one with its own number. */
        private final List<List<@Nullable FileEvent>> logs = new ArrayList<>();

        private Map<FileKey, FileIndexEntry> index = new HashMap<>();
        private Map<Tenant, IndexDigest> digests = new TreeMap<>();
        private int[] positions;
        private Snapshot latest;
        private RepairPlan plan;

        private Site(int number, int sites, int skewMillis) {
            this.number = number;
            this.name = new SiteName("dc" + (number + 1));
            this.plan = new RepairPlan(name, new RepairPlan.Settings(1, 1, 1));
            this.clock = new HybridClock(() -> wallMillis + skewMillis);
            for (int i = 0; i < sites; i++) {
                logs.add(new ArrayList<>());
            }
            this.positions = new int[sites];
            this.latest = new Snapshot(index, digests, positions);
        }

        private void say() {
            EventEnvelope envelope = new EventEnvelope(
                    new EventId(new UUID(random.nextLong(), random.nextLong())), name, clock.tick(), "user:" + name);
            FileKey key = keys.get(random.nextInt(keys.size()));
            FileIndexEntry known = index.getOrDefault(key, FileIndexEntry.empty(key));
            FileEvent event =
                    switch (random.nextInt(12)) {
                        case 0 -> new FileEvent.UnknownEvent(envelope, key, "FileSigned");
                        case 1, 2 -> new FileEvent.FileRemoved(envelope, key, known.seen());
                        default -> new FileEvent.FilePublished(envelope, key, content(), "", Map.of(), known.seen());
                    };
            BitSet all = new BitSet();
            for (FileRevision revision : known.revisions()) {
                all.set(numberOf(revision));
                all.or(knowledge.getOrDefault(revision.stamp().eventId(), new BitSet()));
            }
            numbers.put(envelope.eventId(), numbers.size());
            knowledge.put(envelope.eventId(), all);
            said.add(event);
            logs.get(number).add(event);
            note(name + " says " + event.getClass().getSimpleName() + " " + key + " " + event.stamp());
        }

        private FileContent content() {
            Sha256 hash = new Sha256(random.nextInt(5), 0, 0, 0);
            return new FileContent(hash, 1, FileContent.CHUNK_SIZE, new FileContent.Inline(List.of(hash)));
        }

        /** Reads a few records of one topic, whichever comes first. */
        private void read() {
            int origin = random.nextInt(logs.size());
            List<@Nullable FileEvent> log = logs.get(origin);
            for (int batch = 1 + random.nextInt(8); batch > 0 && positions[origin] < log.size(); batch--) {
                applyUnlessLost(log.get(positions[origin]++));
            }
        }

        private void applyUnlessLost(@Nullable FileEvent event) {
            if (event != null) {
                apply(event);
            }
        }

        /** A link passes records by, a mirrored topic loses what is not read yet, or all of the site is gone. */
        private void loseSomething() {
            int fate = random.nextInt(10);
            if (fate < 5) {
                links.get(random.nextInt(links.size())).lose();
            } else if (fate < 9) {
                int origin = random.nextInt(logs.size());
                if (origin != number) {
                    List<@Nullable FileEvent> log = logs.get(origin);
                    Collections.fill(log.subList(positions[origin], log.size()), null);
                    note(name + " loses what it has not read of site " + (origin + 1));
                }
            } else if (!rebuilt && othersHoldAllOf()) {
                rebuilt = true;
                index = new HashMap<>();
                digests = new TreeMap<>();
                logs.forEach(log -> Collections.fill(log, null));
                snapshot();
                note(name + " is rebuilt from nothing");
            }
        }

        /** For good: in the snapshot of another site, or pushed out of it by newer revisions. */
        private boolean othersHoldAllOf() {
            return logs.get(number).stream()
                    .filter(Objects::nonNull)
                    .filter(event -> !(event instanceof FileEvent.UnknownEvent))
                    .allMatch(event -> sites.stream().anyMatch(other -> other != this && other.latest.holds(event)));
        }

        private Map<BucketKey, IndexDigest> histories() {
            Map<BucketKey, IndexDigest> sums = new TreeMap<>();
            index.values().forEach(entry -> sums.merge(bucket(entry), history(entry), IndexDigest::plus));
            return sums;
        }

        private static BucketKey bucket(FileIndexEntry entry) {
            return new BucketKey(entry.key().tenant(), IndexDigest.bucketOf(entry.key()));
        }

        private void report() {
            tell(new DigestReport.Alive(name, 0, 1, wallMillis));
            histories().forEach((bucket, history) -> {
                plan.own(bucket, history, wallMillis);
                if (random.nextInt(3) > 0) {
                    tell(new DigestReport.Bucket(name, 0, 1, wallMillis, bucket, history, history, 0, 0));
                }
            });
        }

        private void tell(DigestReport report) {
            sites.stream().filter(other -> other != this).forEach(other -> other.plan.peer(report, wallMillis));
        }

        private void mend() {
            for (RepairPlan.Due due : plan.due(wallMillis)) {
                List<Fingerprint> found = new ArrayList<>();
                for (FileIndexEntry entry : index.values()) {
                    if (bucket(entry).equals(due.bucket())) {
                        Fingerprint one = Fingerprint.of(entry.key(), history(entry));
                        found.add(one);
                        if (due.announceTo().values().stream()
                                .anyMatch(listing -> !listing.entries().contains(one))) {
                            entry.revisions().forEach(revision -> logs.get(number)
                                    .add(FileIndexFold.event(entry.key(), revision)));
                            note(name + " announces " + entry.key() + " again");
                        }
                    }
                }
                if (due.list()) {
                    tell(new DigestReport.Listing(name, 0, 1, wallMillis, due.bucket(), found));
                }
                plan.done(due, wallMillis);
            }
        }

        private void apply(FileEvent event) {
            clock.observe(event.envelope().time());
            FileIndexEntry before = index.getOrDefault(event.key(), FileIndexEntry.empty(event.key()));
            FileIndexEntry after = FileIndexFold.apply(before, event);
            applied++;
            if (!after.equals(before)) {
                require(
                        before.winner().isEmpty()
                                || after.winner()
                                                .orElseThrow()
                                                .stamp()
                                                .compareTo(before.winner().get().stamp())
                                        >= 0,
                        () -> name + ": the winner of " + event.key() + " went back with " + event.stamp());
                index.put(event.key(), after);
                digests.merge(
                        event.key().tenant(), IndexDigest.of(after).minus(IndexDigest.of(before)), IndexDigest::plus);
            }
        }

        private void snapshot() {
            latest = new Snapshot(index, digests, positions);
            note(name + " takes a snapshot at " + Arrays.toString(positions));
        }

        /** A crash: all since the last snapshot is gone and is read again; sometimes more than that is read again. */
        private void restart() {
            index = new HashMap<>(latest.index);
            digests = new TreeMap<>(latest.digests);
            positions = latest.positions.clone();
            for (int i = 0; i < positions.length; i++) {
                positions[i] = random.nextInt(4) == 0 ? random.nextInt(positions[i] + 1) : positions[i];
            }
            note(name + " restarts at " + Arrays.toString(positions));
        }

        private void readTheRest() {
            for (int origin = 0; origin < logs.size(); origin++) {
                while (positions[origin] < logs.get(origin).size()) {
                    applyUnlessLost(logs.get(origin).get(positions[origin]++));
                }
            }
        }
    }

    /** What a site had at some moment. */
    private static final class Snapshot {
        private final Map<FileKey, FileIndexEntry> index;
        private final Map<Tenant, IndexDigest> digests;
        private final int[] positions;

        private Snapshot(Map<FileKey, FileIndexEntry> index, Map<Tenant, IndexDigest> digests, int[] positions) {
            this.index = new HashMap<>(index);
            this.digests = new TreeMap<>(digests);
            this.positions = positions.clone();
        }

        private boolean holds(FileEvent event) {
            List<FileRevision> kept = index.getOrDefault(event.key(), FileIndexEntry.empty(event.key()))
                    .revisions();
            return kept.stream().anyMatch(revision -> revision.stamp().equals(event.stamp()))
                    || kept.size() == FileIndexEntry.MAX_REVISIONS
                            && kept.get(kept.size() - 1).stamp().compareTo(event.stamp()) > 0;
        }
    }

    /** Carries one site's own log into another site's mirrored one: at least once, not always in order. */
    private final class Link {
        private final Site from;
        private final Site to;
        private final List<@Nullable FileEvent> late = new ArrayList<>();
        private int position;
        private boolean down;

        private Link(Site from, Site to) {
            this.from = from;
            this.to = to;
        }

        private void step() {
            if (down) {
                return;
            }
            List<@Nullable FileEvent> target = to.logs.get(from.number);
            if (!late.isEmpty() && random.nextInt(3) == 0) {
                target.add(late.remove(random.nextInt(late.size())));
            }
            List<@Nullable FileEvent> source = from.logs.get(from.number);
            for (int batch = 1 + random.nextInt(10); batch > 0 && position < source.size(); batch--) {
                @Nullable FileEvent event = source.get(position++);
                int fate = random.nextInt(20);
                (fate == 0 ? late : target).add(event);
                if (fate == 1) {
                    target.add(event);
                }
            }
            if (random.nextInt(50) == 0) {
                position = Math.max(0, position - random.nextInt(30));
                note("link " + from.name + " to " + to.name + " goes back to " + position);
            }
        }

        private void lose() {
            int lost = Math.min(from.logs.get(from.number).size() - position, random.nextInt(30));
            position += lost;
            late.clear();
            note("link " + from.name + " to " + to.name + " loses " + lost + " records");
        }

        private void toggle() {
            down = !down;
            note("link " + from.name + " to " + to.name + (down ? " goes down" : " comes up"));
        }

        private void carryTheRest() {
            List<@Nullable FileEvent> source = from.logs.get(from.number);
            to.logs.get(from.number).addAll(source.subList(position, source.size()));
            to.logs.get(from.number).addAll(late);
            position = source.size();
            late.clear();
            down = false;
        }
    }
}
