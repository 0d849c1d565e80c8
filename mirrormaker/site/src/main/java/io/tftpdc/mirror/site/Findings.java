package io.tftpdc.mirror.site;

import java.util.ArrayList;
import java.util.List;

/** Collects what is found about one cluster. */
final class Findings {
    private final String cluster;
    private final List<Finding> all = new ArrayList<>();

    /** @param cluster as the report calls it */
    Findings(String cluster) {
        this.cluster = cluster;
    }

    void ok(String what) {
        all.add(new Finding(cluster, Finding.Kind.OK, what, ""));
    }

    void note(String what) {
        all.add(new Finding(cluster, Finding.Kind.NOTE, what, ""));
    }

    void problem(String what, String fix) {
        all.add(new Finding(cluster, Finding.Kind.PROBLEM, what, fix));
    }

    /** So that a look that found nothing wrong can say so. */
    long problems() {
        return all.stream()
                .filter(finding -> finding.kind() == Finding.Kind.PROBLEM)
                .count();
    }

    List<Finding> all() {
        return List.copyOf(all);
    }
}
