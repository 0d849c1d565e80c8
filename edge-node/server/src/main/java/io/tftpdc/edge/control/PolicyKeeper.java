package io.tftpdc.edge.control;

import io.micrometer.core.instrument.MeterRegistry;
import io.tftpdc.edge.config.EdgeConfig;
import io.tftpdc.edge.config.EdgePolicy;
import io.tftpdc.edge.settings.Settings;
import io.tftpdc.event.ConfigEvent.SettingChanged;
import io.tftpdc.event.EventStamp;
import io.tftpdc.index.ClockSkew;
import io.tftpdc.index.ConfigState;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
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
 *   SettingChanged ─► good for itself? ─► time come? ─► ConfigState.with ─► EdgePolicy.of ─► those who use it ─► snapshot
 *                     rejected            waits         the fold            last one stays if it cannot be used
 * </pre>
 *
 * What was in force when the node stopped is so again when it starts, with or without Kafka. Changes are taken by one
 * thread at a time; the rest is for any thread.
 */
public final class PolicyKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyKeeper.class);

    /** Changes from the future that are remembered; further ones are met again after the next start. */
    private static final int MAX_WAITING = 1_000;

    private final EdgeConfig file;
    private final SettingsFile snapshot;
    private final LongSupplier wallMillis;
    private final CopyOnWriteArrayList<User> users = new CopyOnWriteArrayList<>();
    private final TreeMap<EventStamp, SettingChanged> waiting = new TreeMap<>();
    private final AtomicLong rejected = new AtomicLong();
    private volatile String lastRejection = "";
    private ConfigState known;
    private volatile InForce inForce;
    private volatile String problem = "";

    /** A policy and the settings that it comes from. */
    private record InForce(ConfigState settings, EdgePolicy policy) {}

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
        this.inForce = startWith(settings);
    }

    /**
     * Puts in force what was before.
     *
     * @param snapshot where it is kept; need not exist
     * @param wallMillis milliseconds since 1970-01-01T00:00Z
     * @throws IllegalArgumentException when the node's file alone cannot be used
     */
    public static PolicyKeeper open(EdgeConfig file, Path snapshot, LongSupplier wallMillis) {
        SettingsFile kept = new SettingsFile(snapshot);
        return new PolicyKeeper(file, kept, kept.read(), wallMillis);
    }

    private InForce startWith(ConfigState settings) {
        try {
            return new InForce(settings, EdgePolicy.of(file, settings));
        } catch (IllegalArgumentException e) {
            EdgePolicy ofTheFile = EdgePolicy.of(file, ConfigState.EMPTY);
            problem = String.valueOf(e.getMessage());
            LOG.atError().setCause(e).log("What was set before cannot be used; the file alone counts");
            return new InForce(ConfigState.EMPTY, ofTheFile);
        }
    }

    /** What the node works by. */
    public EdgePolicy policy() {
        return inForce.policy();
    }

    /** The settings by which it works, as a few digits. */
    public String digest() {
        return inForce.settings().digest();
    }

    /** Why it does not work by the latest settings; empty when it does. */
    public String problem() {
        return problem;
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
        return inForce.settings().winners().stream()
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
        ControlMeters.PROBLEM.gauge(meters, () -> problem.isEmpty() ? 0 : 1);
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

    /** Puts in force what was taken, if that is something new; to be called again and again, for what waits. */
    synchronized void settle() {
        takeWhoseTimeHasCome();
        if (known.winners().equals(inForce.settings().winners()) && problem.isEmpty()) {
            return;
        }
        try {
            EdgePolicy policy = EdgePolicy.of(file, known);
            for (User user : users) {
                user.use(policy);
            }
            inForce = new InForce(known, policy);
        } catch (RuntimeException e) {
            failed("Settings cannot be used; the node goes on with those before", e);
            goBack();
            return;
        }
        try {
            snapshot.write(known);
            problem = "";
            LOG.atInfo()
                    .addKeyValue("configuration", digest())
                    .addKeyValue("settings", count())
                    .log("Works by other settings from now on");
        } catch (UncheckedIOException e) {
            failed("Settings are in force, but a start without Kafka would not know them; trying again", e);
        }
    }

    /** Once for each problem: it is tried again and again. */
    private void failed(String message, RuntimeException e) {
        String now = String.valueOf(e.getMessage());
        if (!now.equals(problem)) {
            LOG.atError().setCause(e).log(message);
        }
        problem = now;
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
