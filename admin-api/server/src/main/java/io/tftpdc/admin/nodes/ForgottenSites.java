package io.tftpdc.admin.nodes;

import io.tftpdc.event.ConfigEvent;
import io.tftpdc.event.ConfigEvent.SiteForgotten;
import io.tftpdc.event.NodeReported;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.convergence.DigestBoard;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sites that were removed: the configuration events, folded. What counts is the latest time up to which a site is
 * forgotten, so every site comes to the same answer. Any thread.
 */
public final class ForgottenSites {
    private final Map<SiteName, Long> until = new ConcurrentHashMap<>();

    public void apply(ConfigEvent event) {
        if (event instanceof SiteForgotten forgotten) {
            until.merge(forgotten.site(), forgotten.untilMillis(), Math::max);
        }
    }

    /** Before all is told again. */
    public void clear() {
        until.clear();
    }

    /** Whether the site said nothing of its index since it was forgotten. */
    boolean isForgotten(SiteName site, DigestBoard board) {
        Long end = until.get(site);
        OptionalLong said = board.lastSaid(site);
        return end != null && (said.isEmpty() || said.getAsLong() <= end);
    }

    /** Whether the node's site was forgotten after the node said this. */
    boolean isForgotten(NodeReported report) {
        Long end = until.get(report.site());
        return end != null && report.reportedAtMillis() <= end;
    }
}
