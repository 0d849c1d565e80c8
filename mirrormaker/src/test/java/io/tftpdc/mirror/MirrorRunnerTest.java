package io.tftpdc.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tftpdc.mirror.site.SiteFile;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MirrorRunnerTest {
    private static final SiteFile.Peer PEER = new SiteFile.Peer("dc2", "127.0.0.1:1", Map.of(), Optional.empty());
    private static final SiteFile FILE = new SiteFile(
            "dc1",
            "mirror-1",
            new SiteFile.Kafka("127.0.0.1:1", Map.of()),
            Optional.empty(),
            List.of(PEER),
            1,
            1,
            true,
            "none",
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            new SiteFile.Ops("127.0.0.1", 0));

    @Test
    void aClassThatIsMissingIsToldAndTriedAgainAndDoesNotEndTheRunner() {
        AtomicInteger attempts = new AtomicInteger();
        try (LinkWatch watch = LinkWatch.start(FILE, PEER);
                MirrorRunner runner = new MirrorRunner(FILE, PEER, watch, self -> {
                    attempts.incrementAndGet();
                    throw new NoClassDefFoundError("com/example/Plugin");
                })) {
            runner.begin();

            await().atMost(Duration.ofSeconds(30)).until(() -> attempts.get() >= 2 && runner.restarts() >= 2);
            assertThat(runner.status().up()).isFalse();
            assertThat(runner.status().detail())
                    .contains("MirrorMaker did not start: com/example/Plugin", "tried again in");
        }
    }
}
