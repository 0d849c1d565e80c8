package io.tftpdc.dns;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.DNSInput;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** A message with one question that can be answered. */
record DnsQuery(Header header, Record question, Optional<OPTRecord> edns, Optional<ClientSubnetOption> clientSubnet)
        implements DnsMessage {

    /** Takes any bytes. An answer is never answered, nor is what has no question: a sender may be forged. */
    static DnsMessage read(byte[] message) {
        Header header;
        try {
            header = new Header(message);
        } catch (IOException e) {
            return new Dropped(DnsResult.MALFORMED);
        }
        if (header.getFlag(Flags.QR)) {
            return new Dropped(DnsResult.NOT_A_QUERY);
        }
        if (header.getOpcode() != Opcode.QUERY) {
            return new Faulty(DnsResult.NOT_IMPLEMENTED, error(header, Rcode.NOTIMP, Optional.empty()));
        }
        Optional<Record> question = question(message, header);
        if (question.isEmpty()) {
            return new Dropped(DnsResult.MALFORMED);
        }
        try {
            return query(new Message(message), question.get());
        } catch (IOException | RuntimeException e) {
            return new Faulty(DnsResult.FORMAT_ERROR, error(header, Rcode.FORMERR, question));
        }
    }

    private static DnsMessage query(Message message, Record question) throws IOException {
        long opts = message.getSection(Section.ADDITIONAL).stream()
                .filter(record -> record.getType() == Type.OPT)
                .count();
        Optional<OPTRecord> edns = Optional.ofNullable(message.getOPT());
        Optional<ClientSubnetOption> subnet = Optional.empty();
        if (edns.isPresent()) {
            for (EDNSOption option : edns.get().getOptions(EDNSOption.Code.CLIENT_SUBNET)) {
                if (subnet.isPresent() || !(option instanceof ClientSubnetOption found)) {
                    throw new IOException("expected one client subnet");
                }
                subnet = Optional.of(found);
            }
        }
        boolean scoped =
                subnet.filter(option -> option.getScopePrefixLength() != 0).isPresent();
        if (opts > 1 || scoped) {
            throw new IOException("expected one OPT record, and a client subnet without a scope");
        }
        return new DnsQuery(message.getHeader(), question, edns, subnet);
    }

    /** The only question, where there is just one and it can be read. */
    private static Optional<Record> question(byte[] message, Header header) {
        if (header.getCount(Section.QUESTION) != 1) {
            return Optional.empty();
        }
        try {
            DNSInput input = new DNSInput(ByteBuffer.wrap(message, Header.LENGTH, message.length - Header.LENGTH)
                    .slice());
            Name name = new Name(input);
            return Optional.of(Record.newRecord(name, input.readU16(), input.readU16()));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static byte[] error(Header query, int rcode, Optional<Record> question) {
        Message reply = new Message(query.getID());
        reply.getHeader().setFlag(Flags.QR);
        reply.getHeader().setOpcode(query.getOpcode());
        if (query.getFlag(Flags.RD)) {
            reply.getHeader().setFlag(Flags.RD);
        }
        reply.getHeader().setRcode(rcode);
        question.ifPresent(record -> reply.addRecord(record, Section.QUESTION));
        return reply.toWire();
    }

    Name name() {
        return question.getName();
    }

    int type() {
        return question.getType();
    }

    int dclass() {
        return question.getDClass();
    }

    boolean isTransfer() {
        return type() == Type.AXFR || type() == Type.IXFR;
    }

    /** Of EDNS; 0 without it. */
    int version() {
        return edns.map(OPTRecord::getVersion).orElse(0);
    }
}
