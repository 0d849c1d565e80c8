package io.tftpdc.dns;

/** What a message turns out to be. */
sealed interface DnsMessage permits DnsQuery, DnsMessage.Faulty, DnsMessage.Dropped {

    /** Gets an error for a reply. */
    record Faulty(DnsResult result, byte[] reply) implements DnsMessage {}

    /** Gets none. */
    record Dropped(DnsResult result) implements DnsMessage {}
}
