/**
 * The packets of TFTP as values, and the codec between them and bytes (RFC 1350, 2347, 2348, 2349 and 7440).
 *
 * <p>Read {@link io.tftpdc.tftp.packet.TftpPacket} first, then {@link io.tftpdc.tftp.packet.TftpPacketCodec}. Nothing
 * here knows sockets, clocks or threads; every type is immutable.
 */
@NullMarked
package io.tftpdc.tftp.packet;

import org.jspecify.annotations.NullMarked;
