package io.tftpdc.projection;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What the projections count. A record that is processed again after a fault is counted again. */
final class ProjectionMeters {
    /** Why a record was not used: the values of the tag {@code reason}. */
    enum Refusal {
        /** The key or the value is not what the topic carries. */
        UNDECODABLE,
        /** The value is about another file than the key. */
        KEY_MISMATCH,
        /** More than an event may be. */
        TOO_LARGE,
        /** From too far in the future. */
        CLOCK_SKEW,
        /** The key of a chunk is not the hash of its bytes. */
        WRONG_HASH;

        String tag() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final Counter applied;
    private final Counter repeated;
    private final Counter superseded;
    private final Counter unknown;
    private final Counter chunks;
    private final Map<Refusal, Counter> refused = new EnumMap<>(Refusal.class);

    /** @param application tag that tells the two projections apart */
    ProjectionMeters(MeterRegistry registry, String application) {
        applied = event(registry, "applied");
        repeated = event(registry, "repeated");
        superseded = event(registry, "superseded");
        unknown = event(registry, "unknown");
        chunks = Counter.builder("tftpdc.content.chunks.located")
                .description("Chunks whose place in Kafka was noted")
                .register(registry);
        for (Refusal refusal : Refusal.values()) {
            refused.put(
                    refusal,
                    Counter.builder("tftpdc.projection.rejected")
                            .description("Records that could not be used")
                            .tag("application", application)
                            .tag("reason", refusal.tag())
                            .register(registry));
        }
    }

    private static Counter event(MeterRegistry registry, String outcome) {
        return Counter.builder("tftpdc.index.events")
                .description("File events read, by what they did to the index")
                .tag("outcome", outcome)
                .register(registry);
    }

    void count(FileIndexChange change) {
        switch (change) {
            case FileIndexChange.Applied a -> applied.increment();
            case FileIndexChange.Repeated r -> repeated.increment();
            case FileIndexChange.Superseded s -> superseded.increment();
            case FileIndexChange.Unknown u -> unknown.increment();
        }
    }

    void located() {
        chunks.increment();
    }

    void count(Refusal refusal) {
        Counter counter = refused.get(refusal);
        if (counter != null) {
            counter.increment();
        }
    }
}
