package io.tftpdc.verify;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code docs/reference/metrics.md}, from where meters are declared: a builder with its name and description as text, or
 * a constant of an enum that holds a {@code MeterDefinition}.
 */
final class MetricsPage {
    private static final String PREFIX = "tftpdc.";
    private static final String TEXTS = "((?:\"(?:[^\"\\\\]|\\\\.)*\"\\s*\\+?\\s*)+)";
    private static final Pattern BUILDER = Pattern.compile(
            "\\b(Counter|FunctionCounter|Gauge|TimeGauge|MultiGauge|Timer|FunctionTimer|LongTaskTimer|DistributionSummary)"
                    + "\\s*\\.builder\\(\\s*\"([^\"]+)\"(.*?)\\.register\\(",
            Pattern.DOTALL);
    private static final Pattern DESCRIPTION = Pattern.compile("\\.description\\(\\s*" + TEXTS);
    private static final Pattern UNIT = Pattern.compile("\\.baseUnit\\(\\s*(?:BaseUnits\\.)?\"?(\\w+)\"?");
    private static final Pattern TAG = Pattern.compile("\\.tag\\(\\s*\"([^\"]+)\"");
    private static final Pattern DEFINITION = Pattern.compile(
            "\\(\\s*(?:MeterDefinition\\s*\\.\\s*)?(counter|gauge|timer)\\(\\s*\"([a-z][a-z.]+)\"\\s*,\\s*"
                    + "(?:\"([^\"]*)\"\\s*,\\s*)?" + TEXTS + "\\)\\s*\\)");

    private MetricsPage() {}

    /** A meter as its declaration has it. */
    private record Declared(
            String name, String kind, String unit, List<String> tags, String description, String module) {

        /** As Prometheus sees it. */
        String exposed() {
            String flat = name.replace('.', '_').replace('-', '_');
            String united = unit.isEmpty() || flat.endsWith("_" + unit) ? flat : flat + "_" + unit;
            return switch (kind) {
                case "counter" -> united.endsWith("_total") ? united : united + "_total";
                case "timer" -> flat.endsWith("_seconds") ? flat : flat + "_seconds";
                default -> united;
            };
        }
    }

    static String render() {
        Map<String, List<Declared>> byModule = new TreeMap<>();
        declared().forEach(meter -> byModule.computeIfAbsent(meter.module(), module -> new ArrayList<>())
                .add(meter));
        Markdown page = new Markdown("Metrics", "where meters are declared")
                .paragraph(
                        "Every process serves `GET /metrics` for Prometheus on its operations port. Every meter has the"
                                + " labels `site`, `node` and `component`; none has a file name or a client's address, which"
                                + " are in events. The usual meters of the JVM and the process are there too.")
                .paragraph("A timer has `_count`, `_sum` and `_max` behind its name, and `_bucket` where it keeps a"
                        + " histogram.");
        byModule.forEach((module, meters) -> {
            page.heading(2, module);
            page.table(
                    List.of("metric", "kind", "labels", "meaning"),
                    new TreeMap<>(distinct(meters))
                            .values().stream()
                                    .map(meter -> List.of(
                                            "`" + meter.exposed() + "`",
                                            meter.kind(),
                                            String.join(
                                                    ", ",
                                                    meter.tags().stream()
                                                            .map(tag -> "`" + tag + "`")
                                                            .toList()),
                                            meter.description())));
        });
        return page.toString();
    }

    /** What is wrong with declarations. */
    static List<String> problems() {
        List<String> problems = new ArrayList<>();
        for (Declared meter : declared()) {
            String which = meter.name() + " in " + meter.module();
            if (meter.description().isBlank()) {
                problems.add(which + " has no description");
            }
            if (!meter.name().startsWith(PREFIX)) {
                problems.add(which + " does not begin with " + PREFIX);
            }
        }
        return problems;
    }

    private static Map<String, Declared> distinct(List<Declared> meters) {
        Map<String, Declared> distinct = new TreeMap<>();
        meters.forEach(meter -> distinct.putIfAbsent(meter.exposed(), meter));
        return distinct;
    }

    private static List<Declared> declared() {
        List<Declared> meters = new ArrayList<>();
        for (Path file : Repository.mainJavaFiles()) {
            String text = Repository.read(file);
            String path = file.toString().replace('\\', '/');
            String module = path.substring(0, path.indexOf("/src/main/java/"));
            for (MatchResult found : BUILDER.matcher(text).results().toList()) {
                meters.add(new Declared(
                        found.group(2),
                        kind(found.group(1)),
                        first(UNIT, found.group(3)).toLowerCase(Locale.ROOT),
                        TAG.matcher(found.group(3))
                                .results()
                                .map(tag -> tag.group(1))
                                .toList(),
                        joined(first(DESCRIPTION, found.group(3))),
                        module));
            }
            for (MatchResult found : DEFINITION.matcher(text).results().toList()) {
                meters.add(new Declared(
                        found.group(2),
                        found.group(1),
                        found.group(3) == null ? "" : found.group(3),
                        List.of(),
                        joined(found.group(4)),
                        module));
            }
        }
        return meters;
    }

    private static String first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : "";
    }

    private static String kind(String type) {
        String kind = type.toLowerCase(Locale.ROOT);
        return kind.contains("counter")
                ? "counter"
                : kind.contains("gauge") ? "gauge" : kind.contains("timer") ? "timer" : "summary";
    }

    /** The pieces of a string that is put together over several lines. */
    private static String joined(String literals) {
        StringBuilder text = new StringBuilder();
        Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"")
                .matcher(literals)
                .results()
                .forEach(piece -> text.append(piece.group(1)));
        return text.toString();
    }
}
