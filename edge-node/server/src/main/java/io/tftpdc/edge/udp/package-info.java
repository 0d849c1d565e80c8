/**
 * Many datagrams with one system call: {@code recvmmsg}, {@code sendmmsg} and UDP generic segmentation offload, without
 * an object per packet. Begin with {@link io.tftpdc.edge.udp.UdpBatch}.
 *
 * <p>Netty's own datagram channels make several objects for every packet and cannot gather a packet from a header and a
 * mapped file. This package does only what they do not: sockets, their options and the event loop are still Netty's
 * (docs/adr/0008-batched-udp.md).
 */
@NullMarked
package io.tftpdc.edge.udp;

import org.jspecify.annotations.NullMarked;
