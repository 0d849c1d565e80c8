package io.tftpdc.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.event.SiteName;
import io.tftpdc.launcher.SitesOptions.Link;
import io.tftpdc.launcher.StandaloneOptions.Peer;
import io.tftpdc.launcher.StandaloneOptions.Ports;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SitesOptionsTest {

    private static final int OFFSETS_TRIED = 200;

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5})
    void noTwoDoorsOfAllSitesHaveTheSamePort(int count) {
        List<PortUse> uses = options(count).portUses();

        assertThat(uses).extracting(PortUse::port).doesNotHaveDuplicates();
        // 7 of each site, two of each link, and the one that lists them
        assertThat(uses).hasSize(7 * count + 2 * count * (count - 1) + 1);
    }

    @Test
    void theFirstSiteHasThePortsOfASingleOneAndEachFurtherOneAHundredMore() {
        assertThat(options(3).sites())
                .extracting(StandaloneOptions::ports)
                .containsExactly(Ports.DEFAULTS, Ports.DEFAULTS.plus(100), Ports.DEFAULTS.plus(200));
    }

    @Test
    void whatASiteTellsItsBrokerAndItsMirrorFitsTheProxiesBetweenThem() {
        SitesOptions options = options(3);

        for (StandaloneOptions site : options.sites()) {
            assertThat(site.peers()).hasSize(2);
            for (Peer peer : site.peers()) {
                assertThat(options.links())
                        .as("%s and %s", site.site(), peer.site())
                        .contains(
                                new Link(site.site(), peer.site(), peer.advertisedPort(), peer.listenPort()),
                                new Link(peer.site(), site.site(), peer.reachPort(), listenPort(options, peer, site)));
            }
        }
    }

    @Test
    void onlyTheFirstSiteBringsTheFirstFile() {
        assertThat(options(3).sites()).extracting(StandaloneOptions::seeds).containsExactly(true, false, false);
        assertThat(options(2).first().seeds()).isTrue();
    }

    @Test
    void aPeerIsUnderstoodAsItIsWritten() {
        Peer peer = new Peer(new SiteName("dc2"), 9094, 9099, 9198);

        assertThat(Peer.parse(peer.toString())).isEqualTo(peer);
        assertThatThrownBy(() -> Peer.parse("dc2:9094"))
                .hasMessageContaining("'dc2:9094'")
                .hasMessageContaining("SITE:LISTEN-PORT:ADVERTISED-PORT:REACH-PORT");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 6})
    void otherNumbersOfSitesAreRefused(int count) {
        assertThatThrownBy(() -> options(count)).hasMessageContaining("expected 2 to 5");
    }

    @Test
    void theTableShowsEveryPortOfEverySite() {
        assertThat(String.join("\n", SitesLaunch.table(options(2).sites())))
                .containsSubsequence("dc1", "6969", "8069", "8080", "9092", "8081", "8082", "8083")
                .containsSubsequence("dc2", "7069", "8169", "8180", "9192", "8181", "8182", "8183");
    }

    private static int listenPort(SitesOptions options, Peer peer, StandaloneOptions here) {
        return options.sites().stream()
                .filter(site -> site.site().equals(peer.site()))
                .flatMap(site -> site.peers().stream())
                .filter(back -> back.site().equals(here.site()))
                .mapToInt(Peer::listenPort)
                .findFirst()
                .orElseThrow();
    }

    static SitesOptions options(int count) {
        return options(count, 0);
    }

    private static SitesOptions options(int count, int offset) {
        return new SitesOptions(
                count,
                new StandaloneOptions(
                        new SiteName("dc1"),
                        "127.0.0.1",
                        "127.0.0.1",
                        "127.0.0.1",
                        Ports.DEFAULTS.plus(offset),
                        List.of(),
                        List.of()),
                SitesOptions.SITES_PORT + offset);
    }

    /** With ports that nobody uses now, below those that the system gives to whoever asks for any. */
    static SitesOptions free(int count, long seed) {
        Random random = new Random(seed ^ ProcessHandle.current().pid());
        for (int i = 0; i < OFFSETS_TRIED; i++) {
            SitesOptions options = options(count, 2_000 + random.nextInt(20_000));
            if (PortUse.problems(options.portUses()).isEmpty()) {
                return options;
            }
        }
        throw new IllegalStateException("no free ports after " + OFFSETS_TRIED + " tries");
    }

    /** The {@code --port-offset} that leads to these. */
    static int offset(SitesOptions options) {
        return options.sitesPort() - SitesOptions.SITES_PORT;
    }
}
