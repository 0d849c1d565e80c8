/**
 * A small authoritative DNS server that answers a name with the nearest healthy edge nodes. Start with {@link
 * io.tftpdc.dns.DnsResponder}, which answers a message; {@link io.tftpdc.dns.DnsServer} carries messages over UDP and TCP.
 */
@NullMarked
package io.tftpdc.dns;

import org.jspecify.annotations.NullMarked;
