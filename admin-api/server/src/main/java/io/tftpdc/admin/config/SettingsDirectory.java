package io.tftpdc.admin.config;

import io.tftpdc.admin.ReadBack;
import io.tftpdc.edge.settings.Settings;
import io.tftpdc.event.ConfigEvent;
import io.tftpdc.event.ConfigEvent.SettingChanged;
import io.tftpdc.event.EventStamp;
import io.tftpdc.index.ClockSkew;
import io.tftpdc.index.ConfigState;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The settings that count, folded from the configuration events as edge nodes fold them. Any thread. */
public final class SettingsDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(SettingsDirectory.class);
    private static final int MAX_WAITING = 1_000;

    private final LongSupplier wallMillis;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final TreeMap<EventStamp, SettingChanged> waiting = new TreeMap<>();
    private ConfigState state = ConfigState.EMPTY;

    /** @param wallMillis milliseconds since 1970-01-01T00:00Z */
    public SettingsDirectory(LongSupplier wallMillis) {
        this.wallMillis = wallMillis;
    }

    /** Takes what a record says; what edge nodes would not heed is left out here too. */
    public void apply(String key, ConfigEvent event) {
        if (!(event instanceof SettingChanged change)) {
            return;
        }
        Optional<String> wrong = key.equals(change.scope().toString())
                ? Settings.problem(change)
                : Optional.of("the record is keyed '" + key + "' but its setting is for " + change.scope());
        if (wrong.isPresent()) {
            LOG.atWarn()
                    .addKeyValue("name", change.name())
                    .addKeyValue("scope", change.scope())
                    .addKeyValue("reason", wrong.get())
                    .log("A setting is no good and is left out");
            return;
        }
        lock.lock();
        try {
            if (isTime(change)) {
                state = state.with(change);
                changed.signalAll();
            } else if (waiting.size() < MAX_WAITING) {
                waiting.put(change.envelope().stamp(), change);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Before all is told again. */
    public void clear() {
        lock.lock();
        try {
            state = ConfigState.EMPTY;
            waiting.clear();
        } finally {
            lock.unlock();
        }
    }

    private boolean isTime(SettingChanged change) {
        return ClockSkew.DEFAULT.accepts(change.envelope().stamp(), wallMillis.getAsLong());
    }

    public ConfigState state() {
        lock.lock();
        try {
            for (Iterator<SettingChanged> all = waiting.values().iterator(); all.hasNext(); ) {
                SettingChanged change = all.next();
                if (!isTime(change)) {
                    break;
                }
                state = state.with(change);
                all.remove();
            }
            return state;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a change, or a later one of the same setting, has been read back from Kafka. */
    boolean await(SettingChanged change, Duration timeout) throws InterruptedException {
        lock.lock();
        try {
            return ReadBack.await(changed, () -> hasReached(change), timeout);
        } finally {
            lock.unlock();
        }
    }

    private boolean hasReached(SettingChanged change) {
        return state.latest(ConfigState.Key.of(change))
                .map(known ->
                        known.envelope().stamp().compareTo(change.envelope().stamp()) >= 0)
                .orElse(false);
    }
}
