package io.tftpdc.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three sites that {@code compose/chaos-sites} breaks, which says what it does and what must be true afterwards. With the
 * library that shows a process another time (Debian: libfaketime) clocks are wrong, too. {@code -Dsoak.seconds=300} and
 * {@code -Dsoak.seed=7} choose how long and how.
 */
@Tag("soak")
class SitesSoakIT {

    private static final int SITES = 3;
    private static final Path CHAOS =
            Path.of("..", "chaos-sites").toAbsolutePath().normalize();

    /** With what comes after the last blow. */
    private static final Duration AFTERWARDS = Duration.ofMinutes(25);

    @TempDir
    private Path directory;

    @Test
    void sitesThatAreBrokenAtRandomComeToTheSameStateAndLoseNothing() throws Exception {
        long seed = Long.getLong("soak.seed", new Random().nextInt(Integer.MAX_VALUE));
        int seconds = Integer.getInteger("soak.seconds", 300);
        SitesOptions options = SitesOptionsTest.free(SITES, seed);
        int offset = SitesOptionsTest.offset(options);
        Map<String, String> clocks = clocks(options);
        Path said = directory.resolve("chaos.log");
        try (StandaloneProcess sites = StandaloneProcess.startSites(directory.resolve("data"), SITES, offset, clocks)
                .awaitReady()) {
            ProcessBuilder chaos = new ProcessBuilder(
                            "python3",
                            CHAOS.toString(),
                            "--pid=" + sites.pid(),
                            "--sites=" + SITES,
                            "--offset=" + offset,
                            "--seconds=" + seconds,
                            "--seed=" + seed)
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile());
            if (!clocks.isEmpty()) {
                chaos.command().add("--clocks=" + directory);
            }
            Process running = chaos.start();
            try {
                assertThat(running.waitFor(seconds + AFTERWARDS.toSeconds(), TimeUnit.SECONDS))
                        .as("ended in time, seed %d; the sites said %s", seed, sites.output())
                        .isTrue();
                assertThat(running.exitValue())
                        .as("seed %d; the sites said %s", seed, sites.output())
                        .isZero();
            } finally {
                running.destroyForcibly().waitFor();
                System.out.print(Files.readString(said));
            }
            assertThat(sites.stop()).as("an orderly end").isEqualTo(143);
        }
    }

    /** What shows each site's processes the time that a file of the site's name says; empty without the library. */
    private Map<String, String> clocks(SitesOptions options) throws IOException {
        for (Path library : List.of(
                Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
                Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"))) {
            if (Files.exists(library)) {
                for (StandaloneOptions site : options.sites()) {
                    Files.writeString(directory.resolve(site.site().value()), "+0\n");
                }
                return Map.of(
                        "LD_PRELOAD", library.toString(),
                        "FAKETIME_TIMESTAMP_FILE", directory.resolve("{site}").toString(),
                        "FAKETIME_CACHE_DURATION", "1000000",
                        "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                        "FAKETIME_FORCE_MONOTONIC_FIX", "0",
                        "NO_FAKE_STAT", "1");
            }
        }
        return Map.of();
    }
}
