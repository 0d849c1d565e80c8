package io.tftpdc.intake;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;

/** What the intake counts. A record that is processed again after a fault is counted again. */
final class IntakeMeters {
    private final Counter published;
    private final Counter publishedBytes;
    private final Counter removed;
    private final Counter parts;
    private final Counter repeatedParts;
    private final Counter blind;
    private final Map<RejectReason, Counter> rejected = new EnumMap<>(RejectReason.class);

    IntakeMeters(MeterRegistry registry) {
        published = Counter.builder("tftpdc.intake.published")
                .description("Files published through publish topics")
                .register(registry);
        publishedBytes = Counter.builder("tftpdc.intake.published.bytes")
                .baseUnit("bytes")
                .description("Bytes of these files")
                .register(registry);
        removed = Counter.builder("tftpdc.intake.removed")
                .description("Files removed through publish topics")
                .register(registry);
        parts = Counter.builder("tftpdc.intake.parts")
                .description("Parts of uploads taken, the last ones not included")
                .register(registry);
        repeatedParts = Counter.builder("tftpdc.intake.parts.repeated")
                .description("Parts of uploads that came again and were ignored")
                .register(registry);
        blind = Counter.builder("tftpdc.intake.blind")
                .description("Events written while the index could not say what was known of the file, so that"
                        + " a conflict may go unnoticed")
                .register(registry);
        for (RejectReason reason : RejectReason.values()) {
            rejected.put(
                    reason,
                    Counter.builder("tftpdc.intake.rejected")
                            .description("Records of publish topics that were not accepted")
                            .tag("reason", reason.tag())
                            .register(registry));
        }
    }

    void blind() {
        blind.increment();
    }

    void count(IntakeDecision decision) {
        switch (decision) {
            case IntakeDecision.Publish publish -> {
                published.increment();
                publishedBytes.increment((double) publish.content().size());
            }
            case IntakeDecision.Remove remove -> removed.increment();
            case IntakeDecision.PartTaken taken -> parts.increment();
            case IntakeDecision.PartRepeated repeated -> repeatedParts.increment();
            case IntakeDecision.Reject reject -> {
                Counter counter = rejected.get(reject.kind());
                if (counter != null) {
                    counter.increment();
                }
            }
        }
    }
}
