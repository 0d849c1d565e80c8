package io.tftpdc.edge.policy;

import io.tftpdc.event.FileKey;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.SiteVariant;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.FileIndexEntry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which files' content comes here when they are published, and which when somebody first asks. The first rule that fits
 * decides; without one: ahead of time. Another site's variants never come ahead of time, since nobody asks for them here.
 *
 * @param here the node's site
 */
public record Placement(SiteName here, List<Rule> rules) {

    /** When content is fetched. */
    public enum Mode {
        /** As soon as the file is published. */
        EAGER,
        /** When somebody asks for it. */
        ON_DEMAND
    }

    public Placement {
        rules = List.copyOf(rules);
    }

    /**
     * Fits a file when all that it names fits.
     *
     * @param path pattern of the path that clients ask for, as {@link Glob} compiles it
     * @param label a key and its value
     * @param sites whose nodes heed the rule; empty for all
     */
    public record Rule(
            Optional<Tenant> tenant, Optional<Pattern> path, Optional<Label> label, List<SiteName> sites, Mode mode) {
        public Rule {
            sites = List.copyOf(sites);
        }

        boolean fits(SiteName here, FileKey key, Map<String, String> labels) {
            return (sites.isEmpty() || sites.contains(here))
                    && tenant.map(wanted -> wanted.equals(key.tenant())).orElse(true)
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

    /** Whether both decide alike because they say the same; patterns are compared as they are written. */
    public boolean sameAs(Placement other) {
        return here.equals(other.here) && text().equals(other.text());
    }

    private String text() {
        return rules.toString();
    }

    /** @param key as the index has it */
    public Mode modeOf(FileKey key, Map<String, String> labels) {
        Optional<SiteVariant> variant = SiteVariant.of(key.path());
        if (variant.isPresent() && !variant.get().site().equals(here)) {
            return Mode.ON_DEMAND;
        }
        FileKey asked = new FileKey(key.tenant(), variant.map(SiteVariant::path).orElse(key.path()));
        return rules.stream()
                .filter(rule -> rule.fits(here, asked, labels))
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
