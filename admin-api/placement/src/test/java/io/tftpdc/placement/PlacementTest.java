package io.tftpdc.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.event.SiteName;
import io.tftpdc.placement.Placement.Choice;
import io.tftpdc.placement.Placement.Standing;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PlacementTest {
    private static final SiteName DC1 = new SiteName("dc1");
    private static final SiteName DC2 = new SiteName("dc2");
    private static final Placement PLACEMENT = new Placement(
            new SiteMap(
                    DC1,
                    List.of(
                            new SiteMap.Site(DC1, List.of(Subnet.parse("10.1.0.0/16")), List.of(DC2)),
                            new SiteMap.Site(DC2, List.of(Subnet.parse("10.2.0.0/16")), List.of()))),
            4_000);

    @Test
    void theNearSiteComesFirstHoweverLoadedItIs() {
        assertThat(ids(
                        "10.2.0.1",
                        Nodes.edge("dc1", "idle"),
                        Nodes.edge("dc2", "busy").active(95)))
                .containsExactly("dc2/busy", "dc1/idle");
    }

    @Test
    void anotherSiteServesWhenTheNearOneHasNothingAlive() {
        assertThat(ids(
                        "10.1.0.1",
                        Nodes.edge("dc1", "dead").age(4_001),
                        Nodes.edge("dc3", "far"),
                        Nodes.edge("dc2", "second")))
                .containsExactly("dc2/second", "dc3/far", "dc1/dead");
    }

    @Test
    void readyComesBeforeStaleWithinASite() {
        assertThat(ids(
                        "10.1.0.1",
                        Nodes.edge("dc1", "stale").state("STALE"),
                        Nodes.edge("dc1", "ready").active(99),
                        Nodes.edge("dc2", "other")))
                .containsExactly("dc1/ready", "dc1/stale", "dc2/other");
    }

    @Test
    void theLessLoadedComesFirstThenTheFresher() {
        assertThat(ids(
                        "10.1.0.1",
                        Nodes.edge("dc1", "a").active(80),
                        Nodes.edge("dc1", "b").staleness(40_000),
                        Nodes.edge("dc1", "c").staleness(-1),
                        Nodes.edge("dc1", "d").active(20)))
                .containsExactly("dc1/d", "dc1/b", "dc1/c", "dc1/a");
    }

    @Test
    void whoCannotServeComesLastAndWhoHasStoppedNotAtAll() {
        List<Choice> choices = order(
                "10.1.0.1",
                Nodes.edge("dc1", "full").active(100),
                Nodes.edge("dc1", "starting").state("STARTING"),
                Nodes.edge("dc1", "refusing").state("REFUSING"),
                Nodes.edge("dc1", "silent").age(60_000),
                Nodes.edge("dc1", "stopped").state("STOPPED"),
                Nodes.edge("dc1", "no-edge").role("admin"),
                Nodes.edge("dc1", "no-number").capacity(0).active(1_000),
                Nodes.edge("dc2", "far"));

        assertThat(choices.stream().map(choice -> choice.node().id()))
                .containsExactly("dc1/no-number", "dc2/far", "dc1/full", "dc1/refusing", "dc1/starting", "dc1/silent");
        assertThat(choices.stream().map(Choice::standing))
                .containsExactly(
                        Standing.LIVE,
                        Standing.LIVE,
                        Standing.FULL,
                        Standing.REFUSING,
                        Standing.STARTING,
                        Standing.SILENT);
    }

    @Test
    void eachAnswerSaysWhy() {
        List<Choice> choices = order(
                "10.1.0.1",
                Nodes.edge("dc1", "a").active(12),
                Nodes.edge("dc2", "b").age(9_000));

        assertThat(choices.get(0).why())
                .isEqualTo("site dc1 has the client's subnet 10.1.0.0/16; READY; 12 of 100 transfers;"
                        + " index 0.2 s old; heard from 0.5 s ago");
        assertThat(choices.get(1).why())
                .startsWith("site dc2 is number 1 that dc1 prefers; READY")
                .endsWith("heard from 9.0 s ago, silent for more than 4.0 s");
        assertThat(order("192.0.2.1", Nodes.edge("dc1", "a")).get(0).why())
                .startsWith("site dc1 is asked, and no site has the client's subnet");
    }

    private static List<String> ids(String client, Nodes... nodes) {
        return order(client, nodes).stream().map(choice -> choice.node().id()).toList();
    }

    private static List<Choice> order(String client, Nodes... nodes) {
        return PLACEMENT
                .order(
                        Subnet.address(client),
                        Stream.of(nodes).map(Nodes::known).toList())
                .choices();
    }
}
