package io.tftpdc.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.event.SiteName;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** What holds for every map of sites and all nodes. {@code -Dseed=N} repeats a case that failed. */
class PlacementProperties {
    private static final int CASES = 400;
    private static final long SILENT_AFTER = 4_000;

    @Test
    void nobodyWhoMayBeDeadComesBeforeSomebodyAlive() {
        forAll((random, placement) -> {
            List<Placement.Choice> choices =
                    placement.order(address(random), nodes(random)).choices();
            for (int i = 1; i < choices.size(); i++) {
                assertThat(choices.get(i - 1).standing())
                        .isLessThanOrEqualTo(choices.get(i).standing());
                if (choices.get(i).live()) {
                    assertThat(choices.get(i - 1).node().ageMillis()).isLessThanOrEqualTo(SILENT_AFTER);
                }
            }
            assertThat(choices)
                    .noneMatch(choice -> choice.node().report().state().equals("STOPPED"));
        });
    }

    @Test
    void theLongestPrefixWinsAsALinearSearchFindsIt() {
        for (long seed : seeds()) {
            Random random = new Random(seed);
            Map<Subnet, SiteName> subnets = subnets(random);
            SiteMap sites = sites(subnets);
            for (int i = 0; i < 20; i++) {
                InetAddress client = address(random);
                Optional<Subnet> longest = subnets.keySet().stream()
                        .filter(subnet -> subnet.contains(client))
                        .max((a, b) -> Integer.compare(a.bits(), b.bits()));

                assertThat(sites.locate(client).subnet())
                        .as("seed %d, %s in %s", seed, client, subnets)
                        .isEqualTo(longest);
            }
        }
    }

    @Test
    void everyClientInTheScopeHasTheSameMatchAndNoWiderScopeWould() {
        for (long seed : seeds()) {
            Random random = new Random(seed);
            Map<Subnet, SiteName> subnets = subnets(random);
            SiteMap sites = sites(subnets);
            InetAddress client = address(random);
            SiteMap.Location location = sites.locate(client);
            Subnet scope = Subnet.of(client, location.scope());

            for (int i = 0; i < 20; i++) {
                InetAddress other = within(scope, random);
                assertThat(sites.locate(other).subnet())
                        .as("seed %d, %s and %s in %s", seed, client, other, subnets)
                        .isEqualTo(location.subnet());
            }
            if (location.scope() > 0) {
                Subnet wider = Subnet.of(client, location.scope() - 1);
                assertThat(subnets.keySet())
                        .as("seed %d: a subnet inside %s is why the scope is not that", seed, wider)
                        .anyMatch(subnet -> subnet.bits() >= location.scope() && wider.contains(subnet.address()));
            }
        }
    }

    @Test
    void aNodeThatGoesMovesItsOwnClientsOnly() {
        forAll((random, placement) -> {
            InetAddress client = address(random);
            List<KnownNode> nodes = nodes(random);
            List<String> before = ids(placement, client, nodes);
            KnownNode gone = nodes.remove(random.nextInt(nodes.size()));
            before.remove(gone.id());

            assertThat(ids(placement, client, nodes)).isEqualTo(before);
        });
    }

    @Test
    void theOrderOfArrivalDecidesNothing() {
        forAll((random, placement) -> {
            InetAddress client = address(random);
            List<KnownNode> nodes = nodes(random);
            List<String> before = ids(placement, client, nodes);
            Collections.shuffle(nodes, random);

            assertThat(ids(placement, client, nodes)).isEqualTo(before);
        });
    }

    @Test
    void equalNodesShareClientsEvenlyAndALostOneLeavesTheRestWhereTheyWere() {
        Placement placement = new Placement(new SiteMap(new SiteName("dc1"), List.of()), SILENT_AFTER);
        List<KnownNode> nodes = new ArrayList<>();
        for (int i = 1; i <= 10; i++) {
            nodes.add(Nodes.edge("dc1", "edge-" + i).known());
        }
        Map<String, Integer> clients = new HashMap<>();
        int moved = 0;
        for (int i = 0; i < 20_000; i++) {
            InetAddress client = Subnet.address("10.1." + i / 256 + "." + i % 256);
            String first = ids(placement, client, nodes).get(0);
            clients.merge(first, 1, Integer::sum);
            String without = ids(placement, client, nodes.subList(1, 10)).get(0);
            if (first.equals("dc1/edge-1")) {
                moved++;
            } else {
                assertThat(without).isEqualTo(first);
            }
        }

        assertThat(clients).hasSize(10);
        // 2,000 each; five standard deviations of a fair draw are 212.
        assertThat(clients.values()).allMatch(count -> Math.abs(count - 2_000) < 212, "about 2,000: " + clients);
        assertThat(moved).isEqualTo(clients.get("dc1/edge-1"));
    }

    private static void forAll(BiConsumer<Random, Placement> property) {
        for (long seed : seeds()) {
            Random random = new Random(seed);
            try {
                property.accept(random, new Placement(sites(subnets(random)), SILENT_AFTER));
            } catch (AssertionError e) {
                throw new AssertionError("repeat with -Dseed=" + seed, e);
            }
        }
    }

    private static List<Long> seeds() {
        Long chosen = Long.getLong("seed");
        if (chosen != null) {
            return List.of(chosen);
        }
        long base = System.nanoTime();
        List<Long> seeds = new ArrayList<>();
        for (int i = 0; i < CASES; i++) {
            seeds.add(base + i);
        }
        return seeds;
    }

    private static List<String> ids(Placement placement, InetAddress client, List<KnownNode> nodes) {
        return new ArrayList<>(placement.order(client, nodes).choices().stream()
                .map(choice -> choice.node().id())
                .toList());
    }

    /** Few addresses, so that subnets often nest and clients often are in one. */
    private static InetAddress address(Random random) {
        byte[] bytes = new byte[random.nextInt(4) == 0 ? 16 : 4];
        bytes[0] = 32;
        for (int i = 1; i < bytes.length; i++) {
            bytes[i] = (byte) (random.nextInt(4) << 6 | random.nextInt(2));
        }
        return address(bytes);
    }

    private static InetAddress within(Subnet subnet, Random random) {
        byte[] bytes = subnet.address().getAddress();
        for (int bit = subnet.bits(); bit < bytes.length * 8; bit++) {
            bytes[bit / 8] |= (byte) (random.nextInt(2) << (7 - bit % 8));
        }
        return address(bytes);
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Map<Subnet, SiteName> subnets(Random random) {
        Map<Subnet, SiteName> subnets = new HashMap<>();
        for (int i = random.nextInt(12); i > 0; i--) {
            InetAddress address = address(random);
            int bits = random.nextInt(address.getAddress().length * 8 + 1);
            subnets.put(Subnet.of(address, bits), new SiteName("dc" + (1 + random.nextInt(3))));
        }
        return subnets;
    }

    private static SiteMap sites(Map<Subnet, SiteName> subnets) {
        List<SiteMap.Site> sites = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            SiteName site = new SiteName("dc" + i);
            SiteName next = new SiteName("dc" + (1 + i % 3));
            sites.add(new SiteMap.Site(
                    site,
                    subnets.keySet().stream()
                            .filter(subnet -> site.equals(subnets.get(subnet)))
                            .toList(),
                    i == 2 ? List.of() : List.of(next)));
        }
        return new SiteMap(new SiteName("dc1"), sites);
    }

    private static List<KnownNode> nodes(Random random) {
        List<KnownNode> nodes = new ArrayList<>();
        int count = 1 + random.nextInt(12);
        for (int i = 0; i < count; i++) {
            nodes.add(Nodes.edge("dc" + (1 + random.nextInt(4)), "edge-" + i)
                    .state(List.of("READY", "READY", "STALE", "STARTING", "STOPPED")
                            .get(random.nextInt(5)))
                    .active(random.nextInt(110))
                    .capacity(random.nextInt(5) == 0 ? 0 : 100)
                    .staleness(random.nextInt(60_000) - 1)
                    .age(random.nextInt(6_000))
                    .known());
        }
        return nodes;
    }
}
