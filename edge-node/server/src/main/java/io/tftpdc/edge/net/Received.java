package io.tftpdc.edge.net;

import io.tftpdc.tftp.packet.Decoded;
import java.net.InetSocketAddress;

/**
 * A datagram, decoded.
 *
 * @param client where it came from
 * @param local where it was sent to; a wildcard address when the kernel does not tell
 * @param content what it says; views of the datagram's bytes are valid only while the event is handled
 */
record Received(InetSocketAddress client, InetSocketAddress local, Decoded content) {}
