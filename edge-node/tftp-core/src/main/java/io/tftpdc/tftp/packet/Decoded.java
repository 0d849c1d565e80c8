package io.tftpdc.tftp.packet;

/** What a datagram turned out to be: a packet, or bytes that are none. */
public sealed interface Decoded permits TftpPacket, Malformed {}
