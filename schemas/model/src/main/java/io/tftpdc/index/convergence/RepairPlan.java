package io.tftpdc.index.convergence;

import io.tftpdc.event.SiteName;
import io.tftpdc.index.IndexDigest;
import io.tftpdc.index.convergence.DigestReport.BucketKey;
import io.tftpdc.index.convergence.DigestReport.Listing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Decides, for one partition of a site's index, which buckets are to be mended when.
 *
 * <pre>
 *           differs                  for long, and quiet             the peer's list is here
 *  agrees ──────────► waits ──────────────────────────► lists ───────────────────────────► announces ─┐
 *    ▲                  ▲ │ changes                       │ again after a while              │        │
 *    │                  └─┘                               └──────────────────────────────────┘        │
 *    └──────────────────────────────── digests agree ◄──────────── longer and longer pauses ◄─────────┘
 * </pre>
 *
 * Both sites do the same: each lists what it has and announces what the other's list lacks. A difference that is only
 * on its way is left alone: a bucket waits while either side still changes, as long as nothing is heard of the peer, and
 * until the mirrors and the indexes of both have come past what was there when the bucket last changed, where they report
 * how far they are.
 * No wall clock is read here; not thread-safe.
 */
public final class RepairPlan {
    /** How many times the usual wait a bucket is given that never comes to rest. */
    private static final int PATIENCE = 10;
    /** After so many announcements without success somebody should look. */
    private static final int ATTEMPTS_BEFORE_ALERT = 3;

    private static final int LARGEST_SHIFT = 10;
    /** More changes than this since the last look: one side is still reading what the other one has. */
    private static final int BUSY_CHANGES = 64;

    private final SiteName self;
    private final Settings settings;
    private final Map<BucketKey, Own> own = new TreeMap<>();
    private final Map<SiteName, Peer> peers = new TreeMap<>();
    private final Map<Link, LinkProgress> links = new HashMap<>();
    /** Sites that were removed, and up to which time of theirs what they said is void. */
    private final Map<SiteName, Long> forgotten = new HashMap<>();

    private long healed;
    private int changes;

    public RepairPlan(SiteName self, Settings settings) {
        this.self = self;
        this.settings = settings;
    }

    private record Link(LinkProgress.Step step, SiteName to, SiteName from) {}

    /** When all that was written up to a time was found to have come through. */
    private record Passed(long writtenMillis, long atMillis) {}

    /**
     * @param afterMillis how long a bucket must have differed without a change on either side
     * @param silentMillis without a sign of life for so long a peer is taken to be cut off, and waited for
     * @param longestPauseMillis between two announcements of one bucket
     */
    public record Settings(long afterMillis, long silentMillis, long longestPauseMillis) {
        public Settings {
            if (afterMillis <= 0 || silentMillis <= 0 || longestPauseMillis < afterMillis) {
                throw new IllegalArgumentException("repair after " + afterMillis + " ms, silence " + silentMillis
                        + " ms, longest pause " + longestPauseMillis
                        + " ms; expected positive values and a pause not below the first");
            }
        }
    }

    /**
     * Something to do about a bucket.
     *
     * @param list whether to say what the bucket holds
     * @param announceTo listings of the peers; what one of them lacks is to be announced
     */
    public record Due(BucketKey bucket, boolean list, Map<SiteName, Listing> announceTo) {
        public Due {
            announceTo = Map.copyOf(announceTo);
        }
    }

    /** Takes what the own bucket sums up to now. */
    public void own(BucketKey bucket, IndexDigest history, long nowMillis) {
        Own known = own.computeIfAbsent(bucket, any -> new Own());
        if (!known.history.equals(history)) {
            known.history = history;
            known.changedMillis = nowMillis;
            changes++;
        }
    }

    /**
     * Takes what a peer says of the same partition.
     *
     * @return whether it is the first sign of a new life there, which may know nothing of what was said here before
     */
    public boolean peer(DigestReport report, long nowMillis) {
        if (report.atMillis() <= forgotten.getOrDefault(report.site(), Long.MIN_VALUE)) {
            return false;
        }
        Peer peer = peers.computeIfAbsent(report.site(), site -> new Peer());
        Optional<Long> life = peer.digests.alive().map(DigestReport::incarnation);
        boolean news = report instanceof DigestReport.Bucket bucket
                && !peer.digests.history(bucket.bucket()).equals(bucket.history());
        peer.digests.apply(report);
        boolean newLife = false;
        switch (report) {
            case DigestReport.Alive alive -> {
                peer.heardMillis = nowMillis;
                newLife = life.isEmpty() || life.get() != alive.incarnation();
                peer.changedMillis = newLife ? nowMillis : peer.changedMillis;
            }
            case DigestReport.Bucket bucket -> {
                if (news) {
                    peer.bucketChangedMillis.put(bucket.bucket(), nowMillis);
                    changes++;
                }
            }
            case Listing listing -> {
                Difference difference = peer.differences.get(listing.bucket());
                if (difference != null) {
                    difference.notBeforeMillis = nowMillis;
                }
            }
        }
        return newLife;
    }

    /** Takes how far a mirror or an index is, the own one or a peer's. */
    public void link(LinkProgress progress) {
        links.put(new Link(progress.step(), progress.to(), progress.from()), progress);
    }

    /**
     * Takes that a site was removed. It is compared with no longer, until it says something after that time.
     *
     * @param untilMillis by the site's own clock
     * @return whether it was compared with until now
     */
    public boolean forget(SiteName site, long untilMillis) {
        forgotten.merge(site, untilMillis, Math::max);
        Peer peer = peers.get(site);
        return peer != null
                && peer.digests.alive().stream().allMatch(alive -> alive.atMillis() <= untilMillis)
                && peers.remove(site) != null;
    }

    /**
     * What to do now, asked about once a second. It counts as done with {@link #done}. Nothing while much changes, as when a
     * site is read in from its beginning: what it lacks then is on its way.
     */
    public List<Due> due(long nowMillis) {
        boolean busy = changes > BUSY_CHANGES;
        changes = 0;
        Map<BucketKey, Map<SiteName, Listing>> found = new TreeMap<>();
        peers.forEach((site, peer) -> {
            if (!peer.isHeard(nowMillis, settings.silentMillis())) {
                return;
            }
            Set<BucketKey> buckets = new TreeSet<>(own.keySet());
            buckets.addAll(peer.digests.buckets().keySet());
            for (BucketKey bucket : buckets) {
                if (compare(site, peer, bucket, nowMillis)) {
                    Map<SiteName, Listing> listings = found.computeIfAbsent(bucket, any -> new HashMap<>());
                    peer.unusedListing(bucket).ifPresent(listing -> listings.put(site, listing));
                }
            }
        });
        List<Due> due = new ArrayList<>();
        if (busy) {
            return due;
        }
        found.forEach((bucket, listings) -> {
            boolean list = ownOf(bucket).isToBeListed(nowMillis, settings.afterMillis());
            if (list || !listings.isEmpty()) {
                due.add(new Due(bucket, list, listings));
            }
        });
        return due;
    }

    /** Whether the bucket differs and its time has come. */
    private boolean compare(SiteName site, Peer peer, BucketKey bucket, long nowMillis) {
        Own here = ownOf(bucket);
        if (peer.digests.history(bucket).equals(here.history)) {
            Difference over = peer.differences.remove(bucket);
            peer.digests.forgetListing(bucket);
            healed += over != null && over.attempts > 0 ? 1 : 0;
            return false;
        }
        Difference difference = peer.differences.computeIfAbsent(bucket, any -> new Difference(nowMillis));
        long changed = Math.max(
                Math.max(here.changedMillis, peer.changedMillis),
                Math.max(difference.sinceMillis, peer.bucketChangedMillis.getOrDefault(bucket, Long.MIN_VALUE)));
        boolean quiet = nowMillis - changed >= settings.afterMillis();
        boolean tooLong = nowMillis - difference.sinceMillis >= PATIENCE * settings.afterMillis();
        boolean onItsWay = isOnItsWay(site, difference, quiet ? changed : difference.sinceMillis, nowMillis);
        return (quiet || tooLong) && !onItsWay && nowMillis >= difference.notBeforeMillis;
    }

    /**
     * Whether what one of the two sites lacks may yet come by itself. Who does not report is not waited for, and what comes
     * from a site that is away neither.
     *
     * @param writtenMillis when the last of it was written
     */
    private boolean isOnItsWay(SiteName site, Difference difference, long writtenMillis, long nowMillis) {
        boolean onItsWay = false;
        long thereMillis = writtenMillis;
        for (LinkProgress.Step step : LinkProgress.Step.values()) {
            long passedMillis = thereMillis;
            for (Map.Entry<Link, LinkProgress> one : links.entrySet()) {
                Link link = one.getKey();
                if (link.step() != step || !counts(link, one.getValue(), site, nowMillis)) {
                    continue;
                }
                LinkGoal goal = difference.goals.computeIfAbsent(link, any -> new LinkGoal());
                goal.look(one.getValue());
                if (goal.hasCarried(thereMillis)) {
                    passedMillis = Math.max(passedMillis, difference.passed(link, thereMillis, nowMillis));
                } else {
                    onItsWay = true;
                }
            }
            thereMillis = passedMillis;
        }
        return onItsWay;
    }

    private boolean counts(Link link, LinkProgress seen, SiteName site, long nowMillis) {
        boolean ends = link.to().equals(site) || link.to().equals(self);
        boolean reports = nowMillis - seen.atMillis() <= settings.silentMillis();
        return ends && reports && isThere(link.from(), nowMillis);
    }

    private boolean isThere(SiteName site, long nowMillis) {
        Peer peer = peers.get(site);
        return site.equals(self) || peer != null && peer.isHeard(nowMillis, settings.silentMillis());
    }

    /** Notes that this was done, so that it is not done again too soon. */
    public void done(Due due, long nowMillis) {
        Own here = ownOf(due.bucket());
        if (due.list()) {
            here.listedMillis = nowMillis;
            here.listed = Optional.of(here.history);
        }
        peers.forEach((site, peer) -> {
            Difference difference = peer.differences.get(due.bucket());
            if (difference != null) {
                Listing listing = due.announceTo().get(site);
                if (listing == null) {
                    difference.notBeforeMillis =
                            Math.max(difference.notBeforeMillis, nowMillis + pause(difference.unanswered));
                    difference.unanswered++;
                } else {
                    difference.used = Optional.of(listing);
                    difference.attempts++;
                    difference.unanswered = 0;
                    difference.notBeforeMillis = nowMillis + pause(difference.attempts);
                }
            }
        });
    }

    /** Twice as long each time. */
    private long pause(int times) {
        return Math.min(settings.longestPauseMillis(), settings.afterMillis() << Math.min(times, LARGEST_SHIFT));
    }

    /** The peers that were heard of. */
    public Set<SiteName> peers() {
        return Set.copyOf(peers.keySet());
    }

    /** How many buckets differ from a peer's, as of the last {@link #due}. */
    public int differing(SiteName site) {
        Peer peer = peers.get(site);
        return peer == null ? 0 : peer.differences.size();
    }

    /** Whether a bucket differs from a peer's, as of the last {@link #due}. */
    public boolean differs(SiteName site, BucketKey bucket) {
        Peer peer = peers.get(site);
        return peer != null && peer.differences.containsKey(bucket);
    }

    /** The buckets that were announced to a peer again and again and differ still. */
    public List<BucketKey> hopeless(SiteName site) {
        Peer peer = peers.get(site);
        return peer == null
                ? List.of()
                : peer.differences.entrySet().stream()
                        .filter(one -> one.getValue().attempts >= ATTEMPTS_BEFORE_ALERT)
                        .map(Map.Entry::getKey)
                        .toList();
    }

    /** How many buckets came to agree after an announcement. */
    public long healed() {
        return healed;
    }

    private Own ownOf(BucketKey bucket) {
        return own.computeIfAbsent(bucket, any -> new Own());
    }

    private static final class Own {
        private IndexDigest history = IndexDigest.EMPTY;
        private long changedMillis = Long.MIN_VALUE / 2;
        private Optional<IndexDigest> listed = Optional.empty();
        private long listedMillis = Long.MIN_VALUE / 2;

        private boolean isToBeListed(long nowMillis, long afterMillis) {
            return !listed.equals(Optional.of(history)) || nowMillis - listedMillis >= afterMillis;
        }
    }

    private static final class Peer {
        private final PartitionDigests digests = new PartitionDigests();
        private final Map<BucketKey, Long> bucketChangedMillis = new HashMap<>();
        private final Map<BucketKey, Difference> differences = new TreeMap<>();
        private long heardMillis = Long.MIN_VALUE / 2;
        private long changedMillis = Long.MIN_VALUE / 2;

        private boolean isHeard(long nowMillis, long silentMillis) {
            return digests.alive().isPresent() && nowMillis - heardMillis <= silentMillis;
        }

        private Optional<Listing> unusedListing(BucketKey bucket) {
            Difference difference = differences.get(bucket);
            return digests.listing(bucket)
                    .filter(listing -> difference != null && !difference.used.equals(Optional.of(listing)));
        }
    }

    private static final class Difference {
        private final long sinceMillis;
        private int attempts;
        /** How many times the bucket was listed in vain, as when the peer does not hear of this site. */
        private int unanswered;

        private long notBeforeMillis;
        private Optional<Listing> used = Optional.empty();
        private final Map<Link, LinkGoal> goals = new HashMap<>();
        private final Map<Link, Passed> passed = new HashMap<>();

        /** When this was first found to have come through. */
        private long passed(Link link, long writtenMillis, long nowMillis) {
            return passed.compute(
                            link,
                            (any, known) -> known != null && known.writtenMillis() == writtenMillis
                                    ? known
                                    : new Passed(writtenMillis, nowMillis))
                    .atMillis();
        }

        private Difference(long sinceMillis) {
            this.sinceMillis = sinceMillis;
            this.notBeforeMillis = sinceMillis;
        }
    }
}
