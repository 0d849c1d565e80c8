package io.tftpdc.admin.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.event.NodeReported;
import io.tftpdc.event.SiteName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class NodeDirectoryTest {
    private final AtomicLong now = new AtomicLong(1_800_000_000_000L);
    private final NodeDirectory nodes = new NodeDirectory(now::get, Duration.ofSeconds(4));

    @Test
    void whoIsSilentForAWeekIsForgotten() {
        report("pod-1");
        now.addAndGet(Duration.ofDays(6).toMillis());
        report("pod-2");
        assertThat(nodes.all()).extracting(NodeReported::node).containsExactly("pod-1", "pod-2");

        now.addAndGet(Duration.ofDays(2).toMillis());
        report("pod-3");

        assertThat(nodes.all()).extracting(NodeReported::node).containsExactly("pod-2", "pod-3");
    }

    private void report(String node) {
        nodes.apply(new NodeReported(
                new SiteName("dc1"),
                node,
                "1",
                "READY",
                0,
                now.get(),
                0,
                0,
                0,
                0,
                Map.of(),
                List.of(),
                "edge",
                Map.of(),
                new SiteName("dc1"),
                0));
    }
}
