package io.tftpdc.edge.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.management.ThreadMXBean;
import io.tftpdc.event.Tenant;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RequestLimitsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Tenant LAB = new Tenant("lab");
    private static final Tenant SHOP = new Tenant("shop");

    private final Map<Verdict, Integer> dropped = new EnumMap<>(Verdict.class);
    private long now = Long.MAX_VALUE - SECOND;
    private int loops = 1;

    /** Small limits, loopback not exempt, apart from what a test changes. */
    static final class Few {
        int transfersPerClient = 4;
        int transfersPerSubnet = 8;
        int transfersPerTenant = 100;
        int requestsPerClient = 10;
        int requestsPerSubnet = 100;
        int errorsPerClient = 5;
        int errorsPerSubnet = 10;
        int errors = 20;
        int unansweredPerClient = 3;
        int unansweredPerSubnet = 6;
        int unanswered = 50;
        int repeats = 2;
        List<Cidr> exempt = List.of();
        int remembered = 1024;

        LimitSettings settings() {
            return new LimitSettings(
                    transfersPerClient,
                    transfersPerSubnet,
                    transfersPerTenant,
                    requestsPerClient,
                    requestsPerSubnet,
                    errorsPerClient,
                    errorsPerSubnet,
                    errors,
                    Duration.ofSeconds(1),
                    unansweredPerClient,
                    unansweredPerSubnet,
                    unanswered,
                    repeats,
                    24,
                    64,
                    exempt,
                    remembered);
        }
    }

    private RequestLimits limits(int maxTransfers, Consumer<Few> change) {
        Few few = new Few();
        change.accept(few);
        return new RequestLimits(maxTransfers, few.settings(), 42, now);
    }

    private LoopLimits loop(RequestLimits limits) {
        return limits.forLoop(loops, verdict -> dropped.merge(verdict, 1, Integer::sum));
    }

    private static InetAddress address(String literal) {
        return Addresses.of(literal);
    }

    private Ticket opened(LoopLimits loop, String client) {
        Optional<Ticket> ticket = loop.open(address(client), LAB, now);
        assertThat(ticket).as(client).isPresent();
        return ticket.get();
    }

    private Ticket answered(LoopLimits loop, String client) {
        Ticket ticket = opened(loop, client);
        ticket.answered(now);
        return ticket;
    }

    private void refused(LoopLimits loop, String client, Verdict why) {
        dropped.clear();
        assertThat(loop.open(address(client), LAB, now)).as(client).isEmpty();
        assertThat(dropped).containsOnlyKeys(why);
    }

    private int requests(LoopLimits loop, String client, int count) {
        int admitted = 0;
        for (int i = 0; i < count; i++) {
            admitted += loop.admitsRequest(address(client), now) ? 1 : 0;
        }
        return admitted;
    }

    @Test
    void aClientMayAskSoOftenAndItsNetworkToo() {
        LoopLimits loop = loop(limits(100, few -> {}));
        assertThat(requests(loop, "10.1.1.1", 50)).isEqualTo(10);
        assertThat(dropped).containsExactly(Map.entry(Verdict.CLIENT_RATE, 40));
        now += SECOND / 2;
        assertThat(requests(loop, "10.1.1.1", 50)).isEqualTo(5);
        now += 2 * SECOND;
        dropped.clear();
        int ofTheNetwork = 0;
        for (int host = 1; host <= 20; host++) {
            ofTheNetwork += requests(loop, "10.1.1." + host, 10);
        }
        assertThat(ofTheNetwork).isEqualTo(100);
        assertThat(dropped).containsExactly(Map.entry(Verdict.SUBNET_RATE, 100));
        assertThat(requests(loop, "10.1.2.1", 10)).as("another network").isEqualTo(10);
    }

    @Test
    void anIpv6NetworkIsThatOfItsFirst64Bits() {
        LoopLimits loop = loop(limits(100, few -> few.requestsPerSubnet = 15));
        assertThat(requests(loop, "2001:db8:0:1::1", 50)).isEqualTo(10);
        assertThat(requests(loop, "2001:db8:0:1:ffff::2", 50)).isEqualTo(5);
        assertThat(requests(loop, "2001:db8:0:2::1", 50)).isEqualTo(10);
    }

    @Test
    void errorsHaveARateOfTheirOwnAlsoInAll() {
        LoopLimits loop = loop(limits(100, few -> {}));
        int sent = 0;
        for (int host = 1; host <= 4; host++) {
            for (int i = 0; i < 10; i++) {
                sent += loop.admitsError(address("10.1.1." + host), now) ? 1 : 0;
            }
        }
        assertThat(sent).as("of a network").isEqualTo(10);
        for (int network = 1; network <= 20; network++) {
            sent += loop.admitsError(address("10.2." + network + ".1"), now) ? 1 : 0;
        }
        assertThat(sent).as("in all").isEqualTo(20);
        assertThat(dropped).containsOnlyKeys(Verdict.ERROR_RATE);
    }

    @Test
    void transfersAreLimitedPerClientNetworkTenantAndInAll() {
        RequestLimits limits = limits(12, few -> {
            few.unansweredPerClient = 100;
            few.unansweredPerSubnet = 100;
            few.transfersPerTenant = 11;
        });
        LoopLimits loop = loop(limits);
        List<Ticket> tickets = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            tickets.add(answered(loop, "10.1.1.1"));
        }
        refused(loop, "10.1.1.1", Verdict.CLIENT_TRANSFERS);
        for (int i = 0; i < 4; i++) {
            tickets.add(answered(loop, "10.1.1.2"));
        }
        refused(loop, "10.1.1.3", Verdict.SUBNET_TRANSFERS);
        for (int i = 0; i < 3; i++) {
            tickets.add(answered(loop, "10.1.2.1"));
        }
        refused(loop, "10.1.3.1", Verdict.TENANT_TRANSFERS);
        Ticket last = loop.open(address("10.1.3.1"), SHOP, now).orElseThrow();
        last.answered(now);
        assertThat(limits.transfers()).isEqualTo(12);
        dropped.clear();
        assertThat(loop.open(address("10.1.4.1"), SHOP, now)).isEmpty();
        assertThat(dropped).containsOnlyKeys(Verdict.BUSY);

        tickets.getFirst().close();
        tickets.getFirst().close();
        assertThat(limits.transfers()).isEqualTo(11);
        opened(loop, "10.1.4.1").answered(now);
        refused(loop, "10.1.4.1", Verdict.BUSY);
    }

    @Test
    void anUnansweredOneMakesRoomWithinItsTenant() {
        LoopLimits loop = loop(limits(100, few -> few.transfersPerTenant = 2));
        List<String> givenUp = new ArrayList<>();
        Ticket other = loop.open(address("10.1.1.1"), SHOP, now).orElseThrow();
        other.onGivenUp(() -> givenUp.add("shop"));
        Ticket first = opened(loop, "10.1.2.1");
        first.onGivenUp(() -> givenUp.add("first"));
        opened(loop, "10.1.3.1").answered(now);
        opened(loop, "10.1.4.1").answered(now);
        assertThat(givenUp).containsExactly("first");
        assertThat(dropped).containsExactly(Map.entry(Verdict.UNANSWERED, 1));
        refused(loop, "10.1.5.1", Verdict.TENANT_TRANSFERS);
    }

    @Test
    void whoNeverAnswersGetsFewFirstReplies() {
        RequestLimits limits = limits(100, few -> {});
        LoopLimits loop = loop(limits);
        for (int i = 0; i < 3; i++) {
            opened(loop, "10.1.1.1");
        }
        refused(loop, "10.1.1.1", Verdict.CLIENT_UNANSWERED);
        for (int i = 0; i < 3; i++) {
            opened(loop, "10.1.1.2");
        }
        refused(loop, "10.1.1.3", Verdict.SUBNET_UNANSWERED);
        opened(loop, "10.1.2.3");
        assertThat(limits.unanswered()).isEqualTo(7);
    }

    @Test
    void whoAnswersIsKnownForTenMinutes() {
        RequestLimits limits = limits(100, few -> few.transfersPerClient = 5);
        LoopLimits loop = loop(limits);
        Ticket first = opened(loop, "10.1.1.1");
        first.answered(now);
        first.answered(now);
        assertThat(limits.unanswered()).isZero();
        assertThat(first.mayRepeat()).isTrue();
        for (int i = 0; i < 4; i++) {
            Ticket next = opened(loop, "10.1.1.1");
            for (int repeat = 0; repeat < 10; repeat++) {
                assertThat(next.mayRepeat()).isTrue();
            }
            next.close();
            opened(loop, "10.1.1.1").close();
        }
        assertThat(limits.unanswered()).isZero();

        now += Duration.ofMinutes(10).toNanos();
        Ticket stranger = opened(loop, "10.1.1.1");
        assertThat(limits.unanswered()).isOne();
        assertThat(stranger.mayRepeat()).isTrue();
        assertThat(stranger.mayRepeatOnRequest()).isTrue();
        assertThat(stranger.mayRepeat()).isFalse();
        assertThat(dropped).isEmpty();
        assertThat(stranger.mayRepeatOnRequest()).isFalse();
        assertThat(dropped).containsExactly(Map.entry(Verdict.REPEATS, 1));
        stranger.close();
        first.close();
        assertThat(limits.transfers()).isZero();
        assertThat(limits.unanswered()).isZero();
    }

    @Test
    void underPressureTheOldestUnansweredMakesRoom() {
        RequestLimits limits = limits(100, few -> few.unanswered = 2);
        LoopLimits loop = loop(limits);
        List<String> givenUp = new ArrayList<>();
        Ticket honest = opened(loop, "10.0.0.1");
        honest.onGivenUp(() -> givenUp.add("honest"));
        honest.answered(now);
        for (int i = 0; i < 5; i++) {
            String name = "spoofed " + i;
            opened(loop, "10.0." + (i + 1) + ".1").onGivenUp(() -> givenUp.add(name));
        }
        assertThat(givenUp).containsExactly("spoofed 0", "spoofed 1", "spoofed 2");
        assertThat(dropped).containsExactly(Map.entry(Verdict.UNANSWERED, 3));
        assertThat(limits.unanswered()).isEqualTo(2);
        assertThat(limits.transfers()).isEqualTo(3);
    }

    /** A loop can only give up what is its own, so a flood at another must not cost the few that it has. */
    @Test
    void aLoopKeepsItsShareOfTheUnansweredWhenAnotherIsFlooded() {
        loops = 2;
        RequestLimits limits = limits(100, few -> few.unanswered = 4);
        LoopLimits flooded = loop(limits);
        LoopLimits quiet = loop(limits);
        for (int i = 0; i < 10; i++) {
            opened(flooded, "10.0." + i + ".1");
        }
        assertThat(limits.unanswered()).isEqualTo(4);
        List<String> givenUp = new ArrayList<>();
        opened(quiet, "10.1.1.1").onGivenUp(() -> givenUp.add("first"));
        opened(quiet, "10.1.2.1").onGivenUp(() -> givenUp.add("second"));
        assertThat(givenUp).isEmpty();
        assertThat(limits.unanswered()).isEqualTo(6);
        for (int i = 0; i < 4; i++) {
            opened(flooded, "10.2." + i + ".1");
        }
        assertThat(limits.unanswered()).as("the flooded loop has given back").isEqualTo(4);
        assertThat(givenUp).isEmpty();
        opened(quiet, "10.1.3.1");
        assertThat(givenUp).containsExactly("first");
    }

    /** The kernel or the dispatcher choose a loop by a hash of the endpoints, so some loops have many more than others. */
    @Test
    void tenThousandHonestClientsOnSixtyFourLoopsLoseNone() {
        loops = 64;
        now = 0;
        RequestLimits limits = new RequestLimits(20_000, LimitSettings.DEFAULT, 42, now);
        List<LoopLimits> all = new ArrayList<>();
        for (int i = 0; i < loops; i++) {
            all.add(loop(limits));
        }
        Random random = new Random(11);
        int[] onLoop = new int[loops];
        List<Ticket> tickets = new ArrayList<>();
        for (int client = 0; client < 10_000; client++) {
            int loop = random.nextInt(loops);
            onLoop[loop]++;
            tickets.add(opened(all.get(loop), "10.0." + client / 250 + "." + (client % 250 + 1)));
        }
        assertThat(IntStream.of(onLoop).max().orElseThrow()).as("uneven").isGreaterThan(10_000 / loops);
        assertThat(dropped).isEmpty();
        assertThat(limits.unanswered()).isEqualTo(10_000);
        opened(all.getFirst(), "10.1.1.1");
        assertThat(dropped).containsExactly(Map.entry(Verdict.UNANSWERED, 1));
        tickets.forEach(ticket -> ticket.answered(now));
    }

    /** They are all in one shard, whose addresses cannot give way while they have transfers. */
    @Test
    void tenThousandMachinesOfOneNetworkHaveATransferEach() {
        now = 0;
        LimitSettings defaults = LimitSettings.DEFAULT;
        RequestLimits limits = new RequestLimits(20_000, defaults, 42, now);
        assertThat(limits.shards()).isEqualTo(3);
        LoopLimits loop = loop(limits);
        for (String network : List.of("2001:db8:0:1::", "2001:db8:0:2::")) {
            for (int machine = 1; machine <= defaults.transfersPerSubnet(); machine++) {
                String client = network + Integer.toHexString(machine);
                assertThat(loop.admitsRequest(address(client), now)).as(client).isTrue();
                answered(loop, client);
                now += SECOND / 5_000;
            }
        }
        assertThat(dropped).isEmpty();
        assertThat(limits.transfers()).isEqualTo(20_000);
        refused(loop, "2001:db8:0:3::1", Verdict.BUSY);
        assertThat(loop.admitsRequest(address("2001:db8:0:1::ffff"), now))
                .as("all of its shard may be held, and there is still a place")
                .isTrue();
    }

    /** With as many networks as clients, the networks must find a place too. */
    @Test
    void everyTransferMayBeOfAnotherNetworkInOneShard() {
        RequestLimits limits = limits(960, few -> few.transfersPerTenant = 960);
        assertThat(limits.shards()).isOne();
        LoopLimits loop = loop(limits);
        for (int i = 0; i < 960; i++) {
            answered(loop, "10." + i / 250 + "." + i % 250 + ".1");
        }
        assertThat(dropped).isEmpty();
        assertThat(limits.transfers()).isEqualTo(960);
        assertThat(limits.subnets()).isEqualTo(960);
    }

    @Test
    void tooFewRememberedForTheTransfersIsAMistake() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> limits(964, few -> {}))
                .withMessage("`limits.remembered` is 1024, too few clients for `max-transfers` 964; expected 1025 or"
                        + " more (some 140 bytes each), or a lower `max-transfers`");
        assertThat(limits(963, few -> {}).shards()).isOne();
    }

    @Test
    void halfOfAllTransfersIsLeftForThoseWhoAnswer() {
        RequestLimits limits = limits(10, few -> few.unanswered = 1000);
        LoopLimits loop = loop(limits);
        for (int i = 0; i < 50; i++) {
            opened(loop, "10.0." + i + ".1");
        }
        assertThat(limits.transfers()).isEqualTo(5);
    }

    @Test
    void whenEverySlotIsTakenAnUnansweredOneMakesRoom() {
        RequestLimits limits = limits(2, few -> {});
        LoopLimits loop = loop(limits);
        opened(loop, "10.0.1.1").answered(now);
        Ticket silent = opened(loop, "10.0.2.1");
        Ticket next = opened(loop, "10.0.3.1");
        assertThat(dropped).containsExactly(Map.entry(Verdict.UNANSWERED, 1));
        silent.close(); // it is already
        next.answered(now);
        assertThat(limits.transfers()).isEqualTo(2);
        refused(loop, "10.0.4.1", Verdict.BUSY);
    }

    /** A thousand addresses ask and never answer; an honest client is served at once, all the time. */
    @Test
    void aFloodOfHalfOpenRequestsDoesNotHinderAnHonestClient() {
        RequestLimits limits = limits(200, few -> {
            few.unanswered = 100;
            few.remembered = 1024;
        });
        LoopLimits loop = loop(limits);
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            for (int i = 0; i < 50; i++) {
                loop.open(address("172.16." + random.nextInt(256) + "." + random.nextInt(256)), LAB, now);
            }
            assertThat(loop.admitsRequest(address("10.1.1.1"), now)).isTrue();
            Ticket honest = opened(loop, "10.1.1.1");
            now += SECOND / 1000; // its round trip
            for (int i = 0; i < 50; i++) {
                loop.open(address("172.17." + random.nextInt(256) + "." + random.nextInt(256)), LAB, now);
            }
            boolean[] lost = new boolean[1];
            honest.onGivenUp(() -> lost[0] = true);
            honest.answered(now);
            honest.close();
            assertThat(lost[0]).isFalse();
            now += SECOND / 10;
        }
        assertThat(limits.unanswered()).isLessThanOrEqualTo(100);
        assertThat(limits.clients()).isLessThanOrEqualTo(1024);
        assertThat(limits.subnets()).isLessThanOrEqualTo(1024);
    }

    @Test
    void theExemptHaveNoLimitButTheirTenants() {
        RequestLimits limits = limits(100, few -> {
            few.exempt = List.of(Cidr.parse("10.1.0.0/16"), Cidr.parse("2001:db8::/32"));
            few.transfersPerTenant = 40;
        });
        LoopLimits loop = loop(limits);
        assertThat(requests(loop, "10.1.200.3", 1000)).isEqualTo(1000);
        assertThat(requests(loop, "2001:db8:9::1", 1000)).isEqualTo(1000);
        assertThat(requests(loop, "10.2.0.1", 1000)).isEqualTo(10);
        assertThat(loop.admitsError(address("10.1.1.1"), now)).isTrue();
        List<Ticket> tickets = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            tickets.add(opened(loop, "10.1.200.3"));
        }
        refused(loop, "10.1.200.3", Verdict.TENANT_TRANSFERS);
        assertThat(limits.unanswered()).isZero();
        tickets.forEach(ticket -> {
            assertThat(ticket.mayRepeat()).isTrue();
            ticket.answered(now);
            ticket.close();
        });
        assertThat(limits.transfers()).isZero();
    }

    @Test
    void otherLimitsHoldFromNowOn() {
        RequestLimits limits = limits(100, few -> {});
        LoopLimits loop = loop(limits);
        Ticket ticket = opened(loop, "10.1.1.1");
        Few more = new Few();
        more.requestsPerClient = 20;
        more.transfersPerClient = 1;
        more.exempt = List.of(Cidr.parse("10.9.0.0/16"));
        limits.use(more.settings());
        assertThat(requests(loop, "10.1.1.1", 50)).isEqualTo(20);
        assertThat(requests(loop, "10.9.1.1", 500)).isEqualTo(500);
        refused(loop, "10.1.1.1", Verdict.CLIENT_TRANSFERS);
        ticket.close();
        opened(loop, "10.1.1.1").close();
        assertThat(limits.transfers()).isZero();
    }

    @Test
    void aLowerLimitGivesUpNobodyInVain() {
        RequestLimits limits = limits(100, few -> {});
        LoopLimits loop = loop(limits);
        List<Ticket> begun = List.of(opened(loop, "10.1.1.1"), opened(loop, "10.1.2.1"), opened(loop, "10.1.3.1"));
        Few less = new Few();
        less.transfersPerTenant = 2;
        limits.use(less.settings());

        refused(loop, "10.1.4.1", Verdict.TENANT_TRANSFERS);

        assertThat(limits.transfers()).isEqualTo(3);
        begun.forEach(Ticket::close);
        assertThat(limits.transfers()).isZero();
    }

    /** Whatever happens in whatever order, on two loops: when all is closed, nothing is counted any more. */
    @Test
    void nothingIsCountedThatIsOver() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            RequestLimits limits = limits(12, few -> few.unanswered = 4);
            loops = 2;
            LoopLimits[] both = {loop(limits), loop(limits)};
            List<Ticket> open = new ArrayList<>();
            for (int step = 0; step < 400; step++) {
                now += random.nextLong(SECOND);
                Ticket some = open.isEmpty() ? null : open.get(random.nextInt(open.size()));
                switch (random.nextInt(4)) {
                    case 0, 1 -> {
                        String client = "10.1." + random.nextInt(4) + "." + random.nextInt(3);
                        both[random.nextInt(2)]
                                .open(address(client), random.nextBoolean() ? LAB : SHOP, now)
                                .ifPresent(open::add);
                    }
                    case 2 -> {
                        if (some != null) {
                            some.answered(now);
                        }
                    }
                    default -> {
                        if (some != null) {
                            open.remove(some);
                            some.close();
                        }
                    }
                }
                assertThat(limits.transfers()).as("seed %d", seed).isBetween(0, 12);
                // A loop below its share of 2 may go beyond the 4 that the other has taken.
                assertThat(limits.unanswered()).as("seed %d", seed).isBetween(0, 6);
            }
            open.forEach(Ticket::close);
            assertThat(limits.transfers()).as("seed %d", seed).isZero();
            assertThat(limits.unanswered()).as("seed %d", seed).isZero();
            dropped.clear();
            for (int i = 0; i < 3; i++) {
                opened(both[0], "10.1.0.0");
                opened(both[0], "10.1.3.2");
            }
        }
    }

    @Test
    void severalLoopsAtOnceCountRightly() throws Exception {
        RequestLimits limits = limits(1_000, few -> {
            few.transfersPerClient = 1_000;
            few.transfersPerSubnet = 1_000;
            few.unansweredPerClient = 1_000;
            few.unansweredPerSubnet = 1_000;
            few.requestsPerClient = 1_000_000;
            few.requestsPerSubnet = 1_000_000;
            few.unanswered = 1_000;
            few.remembered = 2_048;
        });
        CountDownLatch done = new CountDownLatch(4);
        for (int thread = 0; thread < 4; thread++) {
            LoopLimits loop = limits.forLoop(4, verdict -> {});
            Random random = new Random(thread);
            new Thread(() -> {
                        for (int i = 0; i < 20_000; i++) {
                            InetAddress client = address("10.1." + random.nextInt(3) + "." + random.nextInt(3));
                            loop.admitsRequest(client, i);
                            loop.open(client, LAB, i).ifPresent(ticket -> {
                                if (random.nextBoolean()) {
                                    ticket.answered(1);
                                }
                                ticket.close();
                            });
                        }
                        done.countDown();
                    })
                    .start();
        }
        done.await();
        assertThat(limits.transfers()).isZero();
        assertThat(limits.unanswered()).isZero();
    }

    @Test
    void countingMakesNoObjects() {
        LimitShard shard = new LimitShard(1024, 512, 42);
        LimitShard.Prepared limits = LimitShard.Prepared.of(new Few().settings());
        count(shard, limits, 20_000);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        count(shard, limits, 200_000);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(20_000);
    }

    private static void count(LimitShard shard, LimitShard.Prepared limits, int times) {
        for (int i = 0; i < times; i++) {
            long low = (i * 7919L) & 0xFFF;
            shard.request(0, low, 0, low >> 8, limits, i * 1000L);
            shard.error(0, low, 0, low >> 8, limits, i * 1000L);
            Verdict verdict = shard.open(0, low, 0, low >> 8, limits, i * 1000L);
            if (verdict.admits()) {
                shard.answered(0, low, 0, low >> 8, verdict == Verdict.ADMITTED, i * 1000L + 1);
                shard.close(0, low, 0, low >> 8, false);
            }
        }
    }

    @Test
    void theDefaultsAreTheDocumentedOnes() {
        assertThat(LimitSettings.DEFAULT)
                .hasToString("LimitSettings[transfersPerClient=64, transfersPerSubnet=10000,"
                        + " transfersPerTenant=2147483647, requestsPerClient=200, requestsPerSubnet=10000,"
                        + " errorsPerClient=100, errorsPerSubnet=5000, errors=10000, burst=PT5S,"
                        + " unansweredPerClient=16, unansweredPerSubnet=2048, unanswered=10000, firstReplyRepeats=3,"
                        + " ipv4Network=24, ipv6Network=64, exempt=[127.0.0.0/8, 0:0:0:0:0:0:0:1/128],"
                        + " remembered=65536, transfersOfTenants={}]");
        assertThat(limits(1, few -> few.exempt = LimitSettings.DEFAULT.exempt())
                        .isExempt(ClientAddress.of(address("127.3.4.5"))))
                .isTrue();
    }

    @Test
    void aMistakeSaysWhatWasExpected() {
        Few few = new Few();
        few.repeats = 300;
        assertThatIllegalArgumentException()
                .isThrownBy(few::settings)
                .withMessage("`first-reply-repeats` is 300; expected 0 to 255");
        few.repeats = 1;
        few.errors = 0;
        assertThatIllegalArgumentException().isThrownBy(few::settings).withMessage("`errors` is 0; expected 1 or more");
    }
}
