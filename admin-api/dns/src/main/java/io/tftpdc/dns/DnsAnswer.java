package io.tftpdc.dns;

import java.util.List;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/**
 * A reply that is being written: the question as it came, letter case and all, which a resolver may check for itself (0x20);
 * EDNS when the query has it, and then the client subnet when the query has that.
 */
final class DnsAnswer {
    /** Without EDNS (RFC 1035 section 4.2.1). */
    private static final int PLAIN_UDP = 512;
    /** Fits into one packet on every path that IPv6 allows (RFC 9715). */
    private static final int MAX_UDP = 1_232;
    /** The lower four bits are in the header, the rest in OPT (RFC 6891 section 6.1.3). */
    private static final int RCODE_BITS = 4;

    private final DnsQuery query;
    private final Message message;
    private int rcode;
    private int scope;

    DnsAnswer(DnsQuery query) {
        this.query = query;
        this.message = new Message(query.header().getID());
        message.getHeader().setFlag(Flags.QR);
        for (int flag : List.of(Integer.valueOf(Flags.RD), Integer.valueOf(Flags.CD))) {
            if (query.header().getFlag(flag)) {
                message.getHeader().setFlag(flag);
            }
        }
        message.addRecord(query.question(), Section.QUESTION);
    }

    void authoritative() {
        message.getHeader().setFlag(Flags.AA);
    }

    void rcode(int code) {
        rcode = code;
    }

    void add(Record record, int section) {
        message.addRecord(record, section);
    }

    /** For an answer that says no: resolvers keep it as long as the SOA says (RFC 2308). */
    void authority(Record soa) {
        message.addRecord(soa, Section.AUTHORITY);
    }

    /** Of the clients that the answer is for; 0, everybody, unless it is said. */
    void scope(int bits) {
        scope = bits;
    }

    byte[] toWire(boolean udp) {
        message.getHeader().setRcode(rcode & ((1 << RCODE_BITS) - 1));
        query.edns().ifPresent(edns -> message.addRecord(opt(), Section.ADDITIONAL));
        int limit = query.edns()
                .map(edns -> Math.clamp(edns.getPayloadSize(), PLAIN_UDP, MAX_UDP))
                .orElse(PLAIN_UDP);
        return message.toWire(udp ? limit : Message.MAXLENGTH);
    }

    private OPTRecord opt() {
        List<EDNSOption> options = query.clientSubnet().stream()
                .<EDNSOption>map(
                        option -> new ClientSubnetOption(option.getSourcePrefixLength(), scope, option.getAddress()))
                .toList();
        return new OPTRecord(MAX_UDP, rcode >> RCODE_BITS, 0, 0, options);
    }

    static boolean isTruncated(byte[] wire) {
        return wire.length >= Header.LENGTH && (wire[2] & 0x02) != 0;
    }
}
