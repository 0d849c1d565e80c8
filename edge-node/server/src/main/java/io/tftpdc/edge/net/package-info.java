/**
 * TFTP over Netty: the thin shell around {@link io.tftpdc.tftp.transfer.ReadTransfer}.
 *
 * <p>Read {@link io.tftpdc.edge.net.TftpPipeline} first; it lists the stages from a datagram to file bytes.
 * {@link io.tftpdc.edge.net.TftpListener} starts and stops everything. A client is always handled by the same event
 * loop, and whatever a loop knows is touched by that loop alone, so there are no locks on the data path.
 */
@NullMarked
package io.tftpdc.edge.net;

import org.jspecify.annotations.NullMarked;
