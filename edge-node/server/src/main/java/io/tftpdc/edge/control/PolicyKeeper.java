package io.tftpdc.edge.control;

import io.micrometer.core.instrument.MeterRegistry;
import io.tftpdc.edge.config.EdgeConfig;
import io.tftpdc.edge.config.EdgePolicy;
import io.tftpdc.edge.control.HeldSettings.LeftOut;
import io.tftpdc.edge.settings.MapFiles;
import io.tftpdc.edge.settings.Settings;
import io.tftpdc.event.ConfigEvent.SettingChanged;
import io.tftpdc.event.EventStamp;
import io.tftpdc.index.ClockSkew;
import io.tftpdc.index.ConfigState;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the settings that operators made and what they make of the node's file, in force and on disk.
 *
 * <pre>
 *   SettingChanged ─► good for itself? ─► time come? ─► ConfigState.with ─► HeldSettings.of ─► those who use it ─► snapshot
 *                     rejected            waits         the fold            good together?      last one stays if it
 *                                                                           left out            cannot be used
 * </pre>
 *
 * What was in force when the node stopped is so again when it starts, with or without Kafka. Changes are taken by one
 * thread at a time; the rest is for any thread.
 */
public final class PolicyKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyKeeper.class);

    /** Changes from the future that are remembered; further ones are met again after the next start. */
    private static final int MAX_WAITING = 1_000;

    /** Times that are let pass between two attempts, about 500 ms each. */
    private static final int LONGEST_PAUSE = 63;

    private final EdgeConfig file;
    private final MapFiles mapFiles = new MapFiles();
    private final SettingsFile snapshot;
    private final LongSupplier wallMillis;
    private final CopyOnWriteArrayList<User> users = new CopyOnWriteArrayList<>();
    private final TreeMap<EventStamp, SettingChanged> waiting = new TreeMap<>();
    private final AtomicLong rejected = new AtomicLong();
    private volatile String lastRejection = "";
    private ConfigState known;
    /** What was known when it was last looked what of it goes together. */
    private ConfigState settled;

    private List<LeftOut> said = List.of();
    private volatile HeldSettings inForce;
    /** Why what goes together cannot be used, or not be kept. */
    private volatile String trouble = "";

    private boolean usersDiffer;
    private int failures;
    private int pause;

    /** Works by a policy. */
    @FunctionalInterface
    public interface User {
        /** Another one from now on; may block. Told again when something threw. */
        void use(EdgePolicy policy);
    }

    private PolicyKeeper(EdgeConfig file, SettingsFile snapshot, ConfigState settings, LongSupplier wallMillis) {
        this.file = file;
        this.snapshot = snapshot;
        this.wallMillis = wallMillis;
        this.known = settings;
        this.settled = settings;
        readMapFiles();
        this.inForce = HeldSettings.of(settings, this::policyOf);
        say(inForce.leftOut());
    }

    /** All of them, also those in whose place rules are set at the moment. */
    private void readMapFiles() {
        try {
            policyOf(ConfigState.EMPTY);
        } catch (IllegalArgumentException e) {
            LOG.atWarn().setCause(e).log("The node's file alone cannot be used; perhaps with what is set above it");
        }
    }

    private EdgePolicy policyOf(ConfigState settings) {
        return EdgePolicy.of(file, settings, mapFiles);
    }

    /**
     * Puts in force what was before. The map files that the file names are read now, and not again.
     *
     * @param snapshot where it is kept; need not exist
     * @param wallMillis milliseconds since 1970-01-01T00:00Z
     * @throws IllegalArgumentException when the node's file alone cannot be used
     */
    public static PolicyKeeper open(EdgeConfig file, Path snapshot, LongSupplier wallMillis) {
        SettingsFile kept = new SettingsFile(snapshot);
        return new PolicyKeeper(file, kept, kept.read(), wallMillis);
    }

    /** What the node works by. */
    public EdgePolicy policy() {
        return inForce.policy();
    }

    /** The settings by which it works, as a few digits. */
    public String digest() {
        return inForce.digest();
    }

    /** Why it does not work by the latest settings; empty when it does. */
    public String problem() {
        String left = inForce.problem();
        String other = trouble;
        return other.isEmpty() || left.isEmpty() ? other + left : other + "; " + left;
    }

    /** The settings in force, with what is left out. */
    HeldSettings held() {
        return inForce;
    }

    /** Changes that do not go together with those in force. */
    public List<LeftOut> leftOut() {
        return inForce.leftOut();
    }

    /** Changes in the topic that are no good. */
    public long rejected() {
        return rejected.get();
    }

    /** What was wrong with the last of them; empty when there was none. */
    public String lastRejection() {
        return lastRejection;
    }

    /** Settings in force. */
    public long count() {
        return inForce.state().winners().stream()
                .filter(change -> change.value().isPresent())
                .count();
    }

    /** Told of every change from now on. */
    public void whenChanged(User user) {
        users.add(user);
    }

    public void bindTo(MeterRegistry meters) {
        ControlMeters.SETTINGS.gauge(meters, this::count);
        ControlMeters.REJECTED.counter(meters, this, keeper -> keeper.rejected.get());
        ControlMeters.PROBLEM.gauge(meters, () -> problem().isEmpty() ? 0 : 1);
    }

    /**
     * Takes a change.
     *
     * @return what is wrong with it, if anything; it changes nothing then
     */
    synchronized Optional<String> take(SettingChanged change) {
        Optional<String> wrong = Settings.problem(change);
        if (wrong.isPresent()) {
            return wrong;
        }
        long now = wallMillis.getAsLong();
        if (ClockSkew.DEFAULT.accepts(change.envelope().stamp(), now)) {
            known = known.with(change);
            return Optional.empty();
        }
        if (waiting.size() < MAX_WAITING) {
            waiting.put(change.envelope().stamp(), change);
        }
        return Optional.of(ClockSkew.DEFAULT.reason(change.envelope().stamp(), now));
    }

    /** Notes that a record of the topic was left out. */
    void rejected(String reason) {
        rejected.incrementAndGet();
        lastRejection = reason;
    }

    /**
     * Puts in force what was taken, if that is something new; to be called again and again, for what waits. What does not go
     * together is not looked at again before there is something new; what cannot be used or kept for another reason is tried
     * again, after ever longer pauses.
     */
    synchronized void settle() {
        takeWhoseTimeHasCome();
        if (known != settled) {
            settled = known;
            failures = 0;
        } else if (trouble.isEmpty() || pause-- > 0) {
            return;
        }
        HeldSettings before = inForce;
        try {
            HeldSettings held = HeldSettings.of(known, this::policyOf);
            say(held.leftOut());
            if (held.sameAs(before) && trouble.isEmpty()) {
                return;
            }
            if (usersDiffer || !held.digest().equals(before.digest())) {
                for (User user : users) {
                    user.use(held.policy());
                }
            }
            usersDiffer = false;
            inForce = held;
        } catch (RuntimeException e) {
            failed("Settings cannot be used; the node goes on with those before", e);
            usersDiffer = true;
            goBack();
            return;
        }
        try {
            snapshot.write(inForce.toKeep(known));
            trouble = "";
            if (!digest().equals(before.digest())) {
                LOG.atInfo()
                        .addKeyValue("configuration", digest())
                        .addKeyValue("settings", count())
                        .log("Works by other settings from now on");
            }
        } catch (UncheckedIOException e) {
            failed("Settings are in force, but a start without Kafka would not know them; trying again", e);
        }
    }

    /** Once for each. */
    private void say(List<LeftOut> leftOut) {
        for (LeftOut one : leftOut) {
            if (said.stream().noneMatch(before -> before.stamp().equals(one.stamp()))) {
                LOG.atWarn()
                        .addKeyValue("name", one.change().name())
                        .addKeyValue("scope", one.change().scope())
                        .addKeyValue("actor", one.change().envelope().actor())
                        .addKeyValue("reason", one.reason())
                        .log("A setting does not go together with those in force and is left out");
            }
        }
        said = leftOut;
    }

    /** Once for each problem: it is tried again and again. */
    private void failed(String message, RuntimeException e) {
        String now = String.valueOf(e.getMessage());
        if (!now.equals(trouble)) {
            LOG.atError().setCause(e).log(message);
        }
        trouble = now;
        pause = Math.min((1 << Math.min(failures, 10)) - 1, LONGEST_PAUSE);
        failures++;
    }

    /** Some may have taken what others could not. */
    private void goBack() {
        for (User user : users) {
            try {
                user.use(inForce.policy());
            } catch (RuntimeException e) {
                LOG.atError().setCause(e).log("The settings before cannot be used either; trying again");
            }
        }
    }

    private void takeWhoseTimeHasCome() {
        long now = wallMillis.getAsLong();
        for (Iterator<SettingChanged> all = waiting.values().iterator(); all.hasNext(); ) {
            SettingChanged change = all.next();
            if (!ClockSkew.DEFAULT.accepts(change.envelope().stamp(), now)) {
                return;
            }
            known = known.with(change);
            all.remove();
        }
    }
}
