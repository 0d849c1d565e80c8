package io.tftpdc.index;

import io.tftpdc.event.ConfigEvent.SettingChanged;
import io.tftpdc.event.ConfigScope;
import io.tftpdc.event.EventStamp;
import io.tftpdc.event.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What operators have set while the system runs: of each setting in each scope the changes with the greatest stamps, the
 * first of which counts. Immutable, and like a {@linkplain FileIndexFold file's entry} an element of a join semilattice:
 * {@link #with} keeps the greatest {@value FileIndexEntry#MAX_REVISIONS} stamps of a union, so that order, repetition and
 * lateness of the events do not matter and every node of every site comes to the same state.
 */
public final class ConfigState {
    public static final ConfigState EMPTY = new ConfigState(new TreeMap<>());

    /** Characters of {@link #digest}: so few, because people compare them by eye. */
    private static final int DIGEST_CHARS = 12;

    private static final Comparator<SettingChanged> GREATEST_FIRST = Comparator.comparing(
                    (SettingChanged change) -> change.envelope().stamp())
            .reversed();

    private final TreeMap<Key, List<SettingChanged>> changes;

    /** A setting in a scope. */
    public record Key(ConfigScope scope, String name) implements Comparable<Key> {
        public static Key of(SettingChanged change) {
            return new Key(change.scope(), change.name());
        }

        @Override
        public int compareTo(Key other) {
            int byName = name.compareTo(other.name);
            return byName != 0 ? byName : scope.compareTo(other.scope);
        }
    }

    private ConfigState(TreeMap<Key, List<SettingChanged>> changes) {
        this.changes = changes;
    }

    /** The state of these changes, in whatever order. */
    public static ConfigState of(Collection<SettingChanged> changes) {
        ConfigState state = EMPTY;
        for (SettingChanged change : changes) {
            state = state.with(change);
        }
        return state;
    }

    /** The state that knows this change too; the same one when that is nothing new. */
    public ConfigState with(SettingChanged change) {
        Key key = Key.of(change);
        List<SettingChanged> known = changes.getOrDefault(key, List.of());
        List<SettingChanged> union = new ArrayList<>(known);
        for (SettingChanged one : known) {
            if (one.envelope().stamp().equals(change.envelope().stamp())) {
                if (one.toString().compareTo(change.toString()) >= 0) {
                    return this;
                }
                union.remove(one); // two changes under one stamp: somebody's bug, on which all nodes agree
            }
        }
        union.add(change);
        union.sort(GREATEST_FIRST);
        List<SettingChanged> kept = List.copyOf(union.subList(0, Math.min(union.size(), FileIndexEntry.MAX_REVISIONS)));
        if (kept.equals(known)) {
            return this;
        }
        TreeMap<Key, List<SettingChanged>> more = new TreeMap<>(changes);
        more.put(key, kept);
        return new ConfigState(more);
    }

    /** The value as JSON; empty when it is not set in this scope. */
    public Optional<String> value(ConfigScope scope, String name) {
        return latest(new Key(scope, name)).flatMap(SettingChanged::value);
    }

    /** The change that counts, which may be that it is no longer set. */
    public Optional<SettingChanged> latest(Key key) {
        return history(key).stream().findFirst();
    }

    /** The latest changes of a setting in a scope, the one that counts first. */
    public List<SettingChanged> history(Key key) {
        return changes.getOrDefault(key, List.of());
    }

    /** The change that counts of each setting in each scope, by name and scope, unset ones included. */
    public List<SettingChanged> winners() {
        return changes.values().stream().map(List::getFirst).toList();
    }

    /** All that is known. */
    public SortedMap<Key, List<SettingChanged>> all() {
        return Collections.unmodifiableSortedMap(changes);
    }

    /** The greatest stamp there is. */
    public Optional<EventStamp> latestStamp() {
        return winners().stream().map(change -> change.envelope().stamp()).max(Comparator.naturalOrder());
    }

    /**
     * A few hexadecimal digits that are equal at two nodes when the same changes count there, to be compared by people;
     * {@code -} when nothing was ever set.
     */
    public String digest() {
        if (changes.isEmpty()) {
            return "-";
        }
        StringBuilder text = new StringBuilder();
        winners().forEach(change -> text.append(change.name())
                .append(' ')
                .append(change.scope())
                .append(' ')
                .append(change.envelope().stamp())
                .append('\n'));
        return Sha256.of(text.toString().getBytes(StandardCharsets.UTF_8)).hex().substring(0, DIGEST_CHARS);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ConfigState state && state.changes.equals(changes);
    }

    @Override
    public int hashCode() {
        return changes.hashCode();
    }

    @Override
    public String toString() {
        return winners().toString();
    }
}
