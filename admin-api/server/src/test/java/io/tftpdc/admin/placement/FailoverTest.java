package io.tftpdc.admin.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tftpdc.admin.nodes.NodeDirectory;
import io.tftpdc.dns.DnsResponder;
import io.tftpdc.dns.DnsServer;
import io.tftpdc.event.SiteName;
import io.tftpdc.placement.Placement;
import io.tftpdc.placement.SiteMap;
import io.tftpdc.placement.Subnet;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A site dies, by a clock that the test turns; {@link FailoverIT} has Kafka and real time. */
class FailoverTest {
    private static final Duration SILENT_AFTER = Duration.ofSeconds(4);
    /** The other site's clock is ten minutes ahead. */
    private static final long AHEAD = 600_000;

    private final AtomicLong now = new AtomicLong(1_000_000);
    private final NodeDirectory nodes = new NodeDirectory(now::get, SILENT_AFTER);
    private DnsServer dns;

    @BeforeEach
    void start() throws IOException {
        SiteName dc1 = new SiteName("dc1");
        Placement placement = new Placement(
                new SiteMap(dc1, List.of(new SiteMap.Site(dc1, List.of(Subnet.parse("10.1.0.0/16")), List.of()))),
                SILENT_AFTER.toMillis());
        dns = DnsServer.start(
                Edges.dns(), new DnsResponder(Edges.dns(), placement, nodes::known, 1), new SimpleMeterRegistry());
    }

    @AfterEach
    void stop() {
        dns.close();
    }

    @Test
    void answersMoveWhenTheSiteHasBeenSilentForLongEnoughAndBackWithItsFirstWord() {
        for (int second = 0; second < 10; second++) {
            speak("dc1", 0);
            speak("dc2", AHEAD);
            now.addAndGet(1_000);
        }
        long lastWord = now.get() - 1_000;
        assertThat(Edges.addresses(dns.port())).containsExactly("10.1.0.1", "10.1.0.2");

        // dc1 dies right after its last word; dc2 goes on.
        while (now.get() < lastWord + SILENT_AFTER.toMillis()) {
            speak("dc2", AHEAD);
            assertThat(Edges.addresses(dns.port())).containsExactly("10.1.0.1", "10.1.0.2");
            now.addAndGet(1_000);
        }
        now.set(lastWord + SILENT_AFTER.toMillis() + 1);
        speak("dc2", AHEAD);
        assertThat(Edges.addresses(dns.port())).containsExactly("10.2.0.1", "10.2.0.2");

        speak("dc1", 0);
        assertThat(Edges.addresses(dns.port())).containsExactly("10.1.0.1", "10.1.0.2");
    }

    @Test
    void aNodeThatSaysGoodbyeIsLeftOutAtOnce() {
        speak("dc1", 0);
        speak("dc2", AHEAD);
        nodes.apply(Edges.report("dc1", "edge-1", "10.1.0.1", "STOPPED", now.get() + 1));

        assertThat(Edges.addresses(dns.port())).containsExactly("10.1.0.2");
    }

    private void speak(String site, long clock) {
        String network = site.equals("dc1") ? "10.1.0." : "10.2.0.";
        for (int i = 1; i <= 2; i++) {
            nodes.apply(Edges.report(site, "edge-" + i, network + i, "READY", now.get() + clock));
        }
    }
}
