package io.tftpdc.tftp.transfer;

import java.net.InetSocketAddress;

/**
 * The two endpoints of a transfer, by which its packets are told from all others (the TIDs of RFC 1350 section 4,
 * with their addresses).
 *
 * @param client the endpoint that asked
 * @param local our endpoint: the address the client called and the port chosen for this transfer
 */
public record TransferId(InetSocketAddress client, InetSocketAddress local) {}
