package io.tftpdc.tftp.packet;

/**
 * A datagram that is not a TFTP packet. Bad input is data: it is counted and at most answered with error 4, never
 * thrown. An ERROR packet never decodes to this, however short, so that no ERROR is ever answered with an ERROR.
 *
 * @param reason what was expected and what was found, fit to be sent back in an ERROR packet
 */
public record Malformed(String reason) implements Decoded {}
