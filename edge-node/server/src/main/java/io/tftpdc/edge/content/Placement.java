package io.tftpdc.edge.content;

import io.tftpdc.event.FileKey;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.FileIndexEntry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which files' content comes here when they are published, and which when somebody first asks. The first rule that fits decides; without one: ahead of time. */
public record Placement(List<Rule> rules) {

    /** When content is fetched. */
    public enum Mode {
        /** As soon as the file is published. */
        EAGER,
        /** When somebody asks for it. */
        ON_DEMAND
    }

    /** Everything comes ahead of time. */
    public static final Placement EVERYTHING_EAGER = new Placement(List.of());

    public Placement {
        rules = List.copyOf(rules);
    }

    /**
     * Fits a file when all that it names fits.
     *
     * @param path pattern of the path, as {@link Glob} compiles it
     * @param label a key and its value
     */
    public record Rule(Optional<Tenant> tenant, Optional<Pattern> path, Optional<Label> label, Mode mode) {
        boolean fits(FileKey key, Map<String, String> labels) {
            return tenant.map(wanted -> wanted.equals(key.tenant())).orElse(true)
                    && path.map(pattern -> pattern.matcher(key.path().value()).matches())
                            .orElse(true)
                    && label.map(wanted -> wanted.value().equals(labels.get(wanted.key())))
                            .orElse(true);
        }
    }

    /** A label of a file. */
    public record Label(String key, String value) {

        /** Reads {@code key=value}. */
        public static Label parse(String text) {
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("label is '" + text + "'; expected key=value, as in model=x200");
            }
            return new Label(text.substring(0, equals), text.substring(equals + 1));
        }
    }

    public Mode modeOf(FileKey key, Map<String, String> labels) {
        return rules.stream()
                .filter(rule -> rule.fits(key, labels))
                .findFirst()
                .map(Rule::mode)
                .orElse(Mode.EAGER);
    }

    /** Whether the file has content and that content is to come ahead of time. */
    public boolean isEager(FileIndexEntry entry) {
        return entry.current()
                .map(published -> modeOf(entry.key(), published.labels()) == Mode.EAGER)
                .orElse(false);
    }
}
