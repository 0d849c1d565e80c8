package io.tftpdc.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.placement.Subnet;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class DnsResponderTest {
    private final TwoSites sites = new TwoSites();
    private final DnsResponder responder = sites.responder(3);

    @Test
    void aNameIsAnsweredWithTheEdgesOfTheSiteNearTheResolver() throws IOException {
        assertThat(addresses(ask(query(TwoSites.ZONE, Type.A), TwoSites.NEAR_DC1)))
                .containsExactlyInAnyOrder("10.1.0.1", "10.1.0.2");
        assertThat(addresses(ask(query(TwoSites.ZONE, Type.A), TwoSites.NEAR_DC2)))
                .containsExactlyInAnyOrder("10.2.0.1", "10.2.0.2");
        assertThat(addresses(ask(query(TwoSites.ZONE, Type.AAAA), TwoSites.NEAR_DC1)))
                .containsExactlyInAnyOrder("2001:db8:1:0:0:0:0:1", "2001:db8:1:0:0:0:0:2");
        assertThat(addresses(ask(query("boot.example.org.", Type.A), TwoSites.NEAR_DC2)))
                .containsExactlyInAnyOrder("10.2.0.1", "10.2.0.2");
    }

    @Test
    void anAnswerIsAuthoritativeShortLivedAndNotRecursive() throws IOException {
        Message answer = ask(query(TwoSites.ZONE, Type.A), TwoSites.NEAR_DC1);

        assertThat(answer.getHeader().getFlag(Flags.AA)).isTrue();
        assertThat(answer.getHeader().getFlag(Flags.RA)).isFalse();
        assertThat(answer.getHeader().getFlag(Flags.RD)).as("as in the query").isTrue();
        assertThat(answer.getSection(Section.ANSWER)).allMatch(record -> record.getTTL() == 5);
    }

    @Test
    void aSiteWithoutLifeIsReplacedByTheNextAndSoIsEverySiteByTheLastKnown() throws IOException {
        sites.silence("dc1");

        assertThat(addresses(ask(query(TwoSites.ZONE, Type.A), TwoSites.NEAR_DC1)))
                .containsExactlyInAnyOrder("10.2.0.1", "10.2.0.2");

        sites.silence("dc2");

        DnsResponder.Reply reply = responder.reply(query(TwoSites.ZONE, Type.A).toWire(), TwoSites.NEAR_DC1, true);
        assertThat(reply.result()).isEqualTo(DnsResult.UNCERTAIN);
        assertThat(addresses(new Message(reply.message().orElseThrow())))
                .containsExactlyInAnyOrder("10.1.0.1", "10.1.0.2");
    }

    @Test
    void aSiteWhoseEdgesRefuseIsReplacedByTheNext() throws IOException {
        sites.nodes.set(0, TwoSites.edge("dc1", "a", "REFUSING", "10.1.0.1", ""));
        sites.nodes.set(1, TwoSites.edge("dc1", "b", "REFUSING", "10.1.0.2", ""));

        assertThat(addresses(ask(query(TwoSites.ZONE, Type.A), TwoSites.NEAR_DC1)))
                .containsExactlyInAnyOrder("10.2.0.1", "10.2.0.2");
    }

    @Test
    void whoKnowsNoEdgeAtAllLetsTheResolverAskElsewhere() throws IOException {
        sites.nodes.clear();

        assertThat(ask(query(TwoSites.ZONE, Type.A), TwoSites.NEAR_DC1).getRcode())
                .isEqualTo(Rcode.SERVFAIL);
    }

    @Test
    void theNearSiteWithoutIpv6IsNotPassedOverForAFarOneThatHasIt() throws IOException {
        Message answer = ask(query(TwoSites.ZONE, Type.AAAA), TwoSites.NEAR_DC2);

        assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(answer.getSection(Section.ANSWER)).isEmpty();
        assertThat(answer.getSection(Section.AUTHORITY)).hasOnlyElementsOfType(SOARecord.class);
    }

    @Test
    void aSiteHasANameOfItsOwn() throws IOException {
        assertThat(addresses(ask(query("DC2." + TwoSites.ZONE, Type.A), TwoSites.NEAR_DC1)))
                .containsExactlyInAnyOrder("10.2.0.1", "10.2.0.2");
        sites.silence("dc2");
        assertThat(addresses(ask(query("dc2." + TwoSites.ZONE, Type.A), TwoSites.NEAR_DC1)))
                .as("never another site's")
                .containsExactlyInAnyOrder("10.2.0.1", "10.2.0.2");
    }

    @ParameterizedTest
    @CsvSource({
        // sent, scope that comes back, whose edges
        "10.2.3.0, 24, 24, 10.2.",
        "10.2.3.4, 32, 24, 10.2.",
        "10.2.0.0, 16, 16, 10.2.",
        "10.1.128.0, 17, 17, 10.1.",
        "10.0.0.0, 8, 16, 10.1.", // too wide to tell: ask with more
        "192.0.2.0, 24, 24, 10.1.",
        "2001:db8:1:200::, 56, 56, 10.1.",
        "2001:db8:1::, 48, 48, 10.1.",
    })
    void theClientSubnetDecidesAndComesBackWithItsScope(String address, int source, int scope, String prefix)
            throws IOException {
        InetAddress client = Subnet.address(address);
        Message query = query(TwoSites.ZONE, Type.A, new ClientSubnetOption(source, 0, client));

        Message answer = ask(query, TwoSites.NEAR_DC1);

        ClientSubnetOption option = subnet(answer);
        assertThat(option.getAddress()).isEqualTo(client);
        assertThat(option.getSourcePrefixLength()).isEqualTo(source);
        assertThat(option.getScopePrefixLength()).isEqualTo(scope);
        assertThat(addresses(answer)).hasSize(2).allMatch(one -> one.startsWith(prefix));
    }

    @Test
    void everyClientOfAScopeGetsTheSameAnswerInTheSameOrder() throws IOException {
        for (int host = 0; host < 256; host += 51) {
            Message query =
                    query(TwoSites.ZONE, Type.A, new ClientSubnetOption(32, 0, Subnet.address("10.2.3." + host)));
            Message first = query(TwoSites.ZONE, Type.A, new ClientSubnetOption(24, 0, Subnet.address("10.2.3.0")));

            assertThat(addresses(ask(query, TwoSites.NEAR_DC1)))
                    .containsExactlyElementsOf(addresses(ask(first, TwoSites.NEAR_DC2)));
        }
    }

    @Test
    void aClientThatHidesItselfIsAnsweredByItsResolver() throws IOException {
        Message query = query(TwoSites.ZONE, Type.A, new ClientSubnetOption(0, 0, Subnet.address("0.0.0.0")));

        Message answer = ask(query, TwoSites.NEAR_DC2);

        assertThat(addresses(answer)).allMatch(one -> one.startsWith("10.2."));
        assertThat(subnet(answer).getScopePrefixLength()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "0001180a0102, an address that is too short for its prefix",
        "000118000a010203, an address that is too long for its prefix",
        "000110000a01ff, more octets than the prefix needs",
        "000114000a010f, bits beyond the prefix",
        "000121000a01020304, a prefix longer than an address",
        "000918000a0102, an unknown family",
        "000118180a0102, a scope in a query",
        "00, cut off",
    })
    void aMalformedClientSubnetIsAFormatError(String hex, String why) throws IOException {
        Message query = query(TwoSites.ZONE, Type.A);
        query.addRecord(
                new OPTRecord(1232, 0, 0, 0, List.of(new GenericEDNSOption(EDNSOption.Code.CLIENT_SUBNET, bytes(hex)))),
                Section.ADDITIONAL);

        Message answer = ask(query, TwoSites.NEAR_DC1);

        assertThat(answer.getRcode()).as(why).isEqualTo(Rcode.FORMERR);
        assertThat(answer.getQuestion().getName()).isEqualTo(query.getQuestion().getName());
    }

    @Test
    void theApexHasSoaAndNsWithGlue() throws IOException {
        SOARecord soa = (SOARecord) ask(query(TwoSites.ZONE, Type.SOA), TwoSites.NEAR_DC1)
                .getSection(Section.ANSWER)
                .get(0);
        assertThat(soa.getHost()).isEqualTo(name("ns1.example.net."));
        assertThat(soa.getAdmin()).hasToString("net\\.ops.example.net.");
        assertThat(soa.getMinimum()).isEqualTo(5);
        assertThat(soa.getSerial()).isEqualTo(1_800_000_000L);

        Message ns = ask(query(TwoSites.ZONE, Type.NS), TwoSites.NEAR_DC1);
        assertThat(ns.getSection(Section.ANSWER)).hasSize(2);
        assertThat(ns.getSection(Section.ADDITIONAL)).hasSize(2);
        assertThat(addresses(ask(query("ns2.site." + TwoSites.ZONE, Type.A), TwoSites.NEAR_DC1)))
                .containsExactly("192.0.2.53");
    }

    @ParameterizedTest
    @CsvSource({
        "nothing.tftp.example.net., A, NXDOMAIN, 1",
        "deep.dc1.tftp.example.net., A, NXDOMAIN, 1",
        "site.tftp.example.net., A, NOERROR, 1", // ns2 is below it
        "tftp.example.net., TXT, NOERROR, 1",
        "dc1.tftp.example.net., MX, NOERROR, 1",
        "example.net., A, REFUSED, 0",
        "notftp.example.net., A, REFUSED, 0",
        "., NS, REFUSED, 0",
        "tftp.example.net., AXFR, REFUSED, 0",
        "tftp.example.net., IXFR, REFUSED, 0",
    })
    void whatIsNotThereIsDeniedAsItShould(String name, String type, String rcode, int authority) throws IOException {
        Message answer = ask(query(name, Type.value(type)), TwoSites.NEAR_DC1);

        assertThat(Rcode.string(answer.getRcode())).isEqualTo(rcode);
        assertThat(answer.getSection(Section.ANSWER)).isEmpty();
        assertThat(answer.getSection(Section.AUTHORITY)).hasSize(authority);
        assertThat(answer.getSection(Section.AUTHORITY))
                .allMatch(record ->
                        record.getType() == Type.SOA && record.getName().equals(name(TwoSites.ZONE)));
        assertThat(answer.getHeader().getFlag(Flags.AA)).isEqualTo(authority == 1);
    }

    @Test
    void anotherClassIsRefused() throws IOException {
        Message query = Message.newQuery(Record.newRecord(name(TwoSites.ZONE), Type.A, DClass.CH));

        assertThat(ask(query, TwoSites.NEAR_DC1).getRcode()).isEqualTo(Rcode.REFUSED);
    }

    @Test
    void anyGetsLittle() throws IOException {
        Message answer = ask(query(TwoSites.ZONE, Type.ANY), TwoSites.NEAR_DC1);

        assertThat(answer.getSection(Section.ANSWER)).hasSize(1);
        assertThat(answer.getSection(Section.ANSWER).get(0).getType()).isEqualTo(Type.HINFO);
        assertThat(answer.getSection(Section.ANSWER).get(0).rdataToString()).contains("RFC8482");
    }

    @Test
    void otherOpcodesAreNotImplemented() throws IOException {
        for (int opcode : new int[] {Opcode.NOTIFY, Opcode.UPDATE, Opcode.STATUS, 15}) {
            Message query = query(TwoSites.ZONE, Type.SOA);
            query.getHeader().setOpcode(opcode);

            Message answer = ask(query, TwoSites.NEAR_DC1);

            assertThat(answer.getRcode()).isEqualTo(Rcode.NOTIMP);
            assertThat(answer.getHeader().getOpcode()).isEqualTo(opcode);
        }
    }

    @Test
    void aLaterEdnsIsToldWhichVersionThereIs() throws IOException {
        Message query = query(TwoSites.ZONE, Type.A);
        query.addRecord(new OPTRecord(1232, 0, 1), Section.ADDITIONAL);

        Message answer = ask(query, TwoSites.NEAR_DC1);

        assertThat(answer.getRcode()).isEqualTo(Rcode.BADVERS);
        assertThat(answer.getOPT().getVersion()).isZero();
        assertThat(answer.getSection(Section.ANSWER)).isEmpty();
    }

    @Test
    void ednsIsSpokenOnlyToThoseWhoSpeakIt() throws IOException {
        assertThat(ask(query(TwoSites.ZONE, Type.A), TwoSites.NEAR_DC1).getOPT())
                .isNull();
        Message query = query(TwoSites.ZONE, Type.A);
        query.addRecord(new OPTRecord(4096, 0, 0), Section.ADDITIONAL);
        assertThat(ask(query, TwoSites.NEAR_DC1).getOPT().getPayloadSize()).isEqualTo(1232);
    }

    @Test
    void theLetterCaseOfTheQuestionComesBack() throws IOException {
        Message answer = ask(query("tFtP.eXaMpLe.NeT.", Type.A), TwoSites.NEAR_DC1);

        assertThat(answer.getQuestion().getName()).hasToString("tFtP.eXaMpLe.NeT.");
        assertThat(answer.getSection(Section.ANSWER))
                .hasSize(2)
                .allMatch(record -> record.getName().toString().equals("tFtP.eXaMpLe.NeT."));
    }

    @Test
    void whatDoesNotFitIsTruncatedOverUdpAndWholeOverTcp() throws IOException {
        for (int i = 0; i < 32; i++) {
            sites.nodes.add(
                    TwoSites.edge("dc1", "more-" + i, "10.1.1." + i, "2001:db8:1:1::" + Integer.toHexString(i)));
        }
        DnsResponder many = sites.responder(32);
        byte[] query = query(TwoSites.ZONE, Type.AAAA).toWire();

        DnsResponder.Reply udp = many.reply(query, TwoSites.NEAR_DC1, true);
        DnsResponder.Reply tcp = many.reply(query, TwoSites.NEAR_DC1, false);

        assertThat(udp.truncated()).isTrue();
        assertThat(udp.message().orElseThrow()).hasSizeLessThanOrEqualTo(512);
        assertThat(new Message(udp.message().orElseThrow()).getHeader().getFlag(Flags.TC))
                .isTrue();
        assertThat(tcp.truncated()).isFalse();
        assertThat(new Message(tcp.message().orElseThrow()).getSection(Section.ANSWER))
                .hasSize(32);
    }

    @Test
    void answersAndFragmentsOfQueriesGetNoReply() {
        Message response = query(TwoSites.ZONE, Type.A);
        response.getHeader().setFlag(Flags.QR);
        byte[] query = query(TwoSites.ZONE, Type.A).toWire();

        assertThat(responder.reply(response.toWire(), TwoSites.NEAR_DC1, true))
                .isEqualTo(new DnsResponder.Reply(DnsResult.NOT_A_QUERY, Optional.empty(), false));
        for (int length = 0; length < query.length; length++) {
            assertThat(responder
                            .reply(Arrays.copyOf(query, length), TwoSites.NEAR_DC1, true)
                            .message())
                    .as("the first %d of %d bytes", length, query.length)
                    .isEmpty();
        }
    }

    /** {@code -Dseed=N} repeats a run that failed. */
    @Test
    void damagedMessagesNeverThrowAndNeverGetMuchBack() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] message = query(
                            TwoSites.ZONE,
                            random.nextInt(260),
                            new ClientSubnetOption(24, 0, Subnet.address("10.2.3.0")))
                    .toWire();
            for (int damage = random.nextInt(4); damage > 0; damage--) {
                message[random.nextInt(message.length)] = (byte) random.nextInt(256);
            }
            byte[] sent = random.nextInt(4) == 0 ? Arrays.copyOf(message, random.nextInt(message.length)) : message;

            DnsResponder.Reply reply = responder.reply(sent, TwoSites.NEAR_DC1, true);

            assertThat(reply.message().map(bytes -> bytes.length).orElse(0))
                    .as("seed %d, message %d", seed, i)
                    .isLessThanOrEqualTo(512);
        }
    }

    @Test
    void nothingThatCanBeAskedIsWorthReflecting() {
        double worst = 0;
        for (String name : List.of(TwoSites.ZONE, "dc1." + TwoSites.ZONE, "x." + TwoSites.ZONE, "example.com.")) {
            for (int type = 1; type < 260; type++) {
                byte[] query = query(name, type).toWire();
                int reply = responder
                        .reply(query, TwoSites.NEAR_DC1, true)
                        .message()
                        .map(bytes -> bytes.length)
                        .orElse(0);
                // With the headers of IPv4 and UDP, which are what fills a victim's line.
                worst = Math.max(worst, (reply + 28.0) / (query.length + 28.0));
            }
        }

        assertThat(worst).isLessThan(3);
    }

    private Message ask(Message query, InetAddress resolver) throws IOException {
        Message answer = new Message(
                responder.reply(query.toWire(), resolver, true).message().orElseThrow());
        assertThat(answer.getHeader().getID()).isEqualTo(query.getHeader().getID());
        assertThat(answer.getHeader().getFlag(Flags.QR)).isTrue();
        return answer;
    }

    private static Message query(String name, int type, EDNSOption... options) {
        Message query = Message.newQuery(Record.newRecord(name(name), type, DClass.IN));
        if (options.length > 0) {
            query.addRecord(new OPTRecord(1232, 0, 0, 0, List.of(options)), Section.ADDITIONAL);
        }
        return query;
    }

    private static Name name(String text) {
        try {
            return Name.fromString(text);
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static List<String> addresses(Message answer) {
        assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
        return answer.getSection(Section.ANSWER).stream()
                .map(Record::rdataToString)
                .toList();
    }

    private static ClientSubnetOption subnet(Message answer) {
        return (ClientSubnetOption)
                answer.getOPT().getOptions(EDNSOption.Code.CLIENT_SUBNET).get(0);
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
