package io.tftpdc.edge.control;

import io.tftpdc.edge.config.EdgePolicy;
import io.tftpdc.edge.settings.Combinations;
import io.tftpdc.event.ConfigEvent.SettingChanged;
import io.tftpdc.event.EventStamp;
import io.tftpdc.index.ConfigState;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The settings that a node holds, of all that it knows. Those that go together are all held. Otherwise the changes of
 * settings that may be at odds ({@link Combinations#concern}; of all, if the rest cannot be held either) are taken in the
 * order of their stamps, and one that does not go together with those held so far is left out: the setting stays as it was.
 * It is tried again after each later change that is held, until its setting is changed again.
 *
 * <p>A pure function of what is known, of the node's site and name and of its file, so that nodes for which these say the
 * same agree, in whatever order they learnt of the changes.
 *
 * @param state that the policy is made of
 * @param policy to work by
 * @param leftOut in the order of their stamps
 */
public record HeldSettings(ConfigState state, EdgePolicy policy, List<LeftOut> leftOut) {

    /** For whom it may concern, a few are enough. */
    private static final int MOST_NAMED = 3;

    public HeldSettings {
        leftOut = List.copyOf(leftOut);
    }

    /**
     * A change that is good for itself and does not go together with those that are held.
     *
     * @param reason for people
     */
    public record LeftOut(SettingChanged change, String reason) {
        EventStamp stamp() {
            return change.envelope().stamp();
        }

        @Override
        public String toString() {
            return "`" + change.name() + "` for " + change.scope()
                    + change.value().map(json -> "").orElse(", unset,") + " is left out: " + reason;
        }
    }

    /**
     * @param policyOf makes a policy of settings, above the node's file; throws when they do not go together
     * @throws IllegalArgumentException when the file cannot be used, not even with what is set above it
     */
    static HeldSettings of(ConfigState known, Function<ConfigState, EdgePolicy> policyOf) {
        try {
            return new HeldSettings(known, policyOf.apply(known), List.of());
        } catch (RuntimeException notTogether) {
            return new OneByOne(policyOf).of(known);
        }
    }

    /** Differs when other changes count. */
    String digest() {
        return state.digest();
    }

    /** What is left out, in words; empty when nothing is. */
    String problem() {
        String named = String.join(
                "; ", leftOut.stream().limit(MOST_NAMED).map(LeftOut::toString).toList());
        return leftOut.size() > MOST_NAMED ? named + "; and " + (leftOut.size() - MOST_NAMED) + " more" : named;
    }

    /** Whether the same changes count and the same are left out. */
    boolean sameAs(HeldSettings other) {
        return digest().equals(other.digest()) && leftOut.equals(other.leftOut);
    }

    /**
     * What it takes to come to this again: the changes that count, and while some are left out all that is known, because
     * what fits depends on what was set in between.
     *
     * @param known what this was made of
     */
    List<SettingChanged> toKeep(ConfigState known) {
        return leftOut.isEmpty()
                ? state.winners()
                : known.all().values().stream().flatMap(List::stream).toList();
    }

    private static final class OneByOne {
        private final Function<ConfigState, EdgePolicy> policyOf;
        private final Map<ConfigState.Key, LeftOut> leftOut = new LinkedHashMap<>();
        private ConfigState held = ConfigState.EMPTY;
        private @Nullable EdgePolicy policy;

        OneByOne(Function<ConfigState, EdgePolicy> policyOf) {
            this.policyOf = policyOf;
        }

        HeldSettings of(ConfigState known) {
            boolean othersFit = holdOthers(known);
            Optional<String> ofTheFile = othersFit ? Optional.empty() : hold(ConfigState.EMPTY);
            known.all().values().stream()
                    .flatMap(List::stream)
                    .filter(change -> !othersFit || Combinations.concern(change.name()))
                    .sorted(Comparator.comparing(change -> change.envelope().stamp()))
                    .forEach(this::take);
            EdgePolicy made = policy;
            if (made == null) {
                throw new IllegalArgumentException(ofTheFile.orElse(""));
            }
            return new HeldSettings(held, made, List.copyOf(leftOut.values()));
        }

        /** All at once what goes together with anything: there may be thousands of them, and each attempt reads them all. */
        private boolean holdOthers(ConfigState known) {
            List<SettingChanged> winners = known.winners();
            List<SettingChanged> others = winners.stream()
                    .filter(change -> !Combinations.concern(change.name()))
                    .toList();
            return others.size() < winners.size()
                    && hold(ConfigState.of(others)).isEmpty();
        }

        private void take(SettingChanged change) {
            ConfigState.Key key = ConfigState.Key.of(change);
            leftOut.remove(key);
            Optional<String> problem = hold(held.with(change));
            if (problem.isPresent()) {
                leftOut.put(key, new LeftOut(change, problem.get()));
                return;
            }
            boolean more = true;
            while (more) {
                more = false;
                for (Iterator<LeftOut> former = leftOut.values().iterator(); former.hasNext(); ) {
                    if (hold(held.with(former.next().change())).isEmpty()) {
                        former.remove();
                        more = true;
                    }
                }
            }
        }

        private Optional<String> hold(ConfigState state) {
            try {
                policy = policyOf.apply(state);
                held = state;
                return Optional.empty();
            } catch (RuntimeException e) { // whatever it is, later ones must not suffer from it
                return Optional.of(
                        e instanceof IllegalArgumentException ? String.valueOf(e.getMessage()) : e.toString());
            }
        }
    }
}
