package io.tftpdc.mirror.site;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Everything that {@link SiteCheck} found, in the order in which it looked. */
public record CheckReport(List<Finding> findings) {
    public CheckReport {
        findings = List.copyOf(findings);
    }

    public List<Finding> problems() {
        return findings.stream()
                .filter(finding -> finding.kind() == Finding.Kind.PROBLEM)
                .toList();
    }

    /** For a person: a heading for each cluster, a line for each finding, a line below for its fix. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        String cluster = "";
        for (Finding finding : findings) {
            if (!finding.cluster().equals(cluster)) {
                cluster = finding.cluster();
                lines.add(cluster);
            }
            lines.add(String.format(
                    Locale.ROOT, "  %-8s %s", finding.kind().name().toLowerCase(Locale.ROOT), finding.what()));
            if (!finding.fix().isEmpty()) {
                lines.add("           fix: " + finding.fix());
            }
        }
        int problems = problems().size();
        lines.add(problems == 0 ? "no problems" : problems == 1 ? "1 problem" : problems + " problems");
        return lines;
    }
}
