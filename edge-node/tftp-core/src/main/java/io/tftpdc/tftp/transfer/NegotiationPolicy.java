package io.tftpdc.tftp.transfer;

import io.tftpdc.tftp.packet.BlockRollover;

/**
 * How far the server goes along with what one client asks for.
 *
 * @param maxBlockSize the largest blksize granted, 8 to 65464 bytes (RFC 2348). To avoid fragments on Ethernet use
 *     1468 (IPv4) or 1448 (IPv6); a smaller limit than needed costs speed.
 * @param maxWindowSize the largest windowsize granted, 1 to 65535 packets (RFC 7440). Some clients fail above 64, and
 *     beyond 32767 a late ACK can be taken for a new one.
 * @param retransmit when the client asks for no timeout of its own
 * @param rollover what follows block 65535 when the client does not ask for either
 * @param optionsEnabled false for clients that fail on any OACK: they get the terms of RFC 1350, whatever they ask
 */
public record NegotiationPolicy(
        int maxBlockSize,
        int maxWindowSize,
        RetransmitPolicy retransmit,
        BlockRollover rollover,
        boolean optionsEnabled) {

    public static final NegotiationPolicy DEFAULT = new NegotiationPolicy(65464, 64, RetransmitPolicy.DEFAULT);

    public NegotiationPolicy {
        if (maxBlockSize < OptionNegotiation.SMALLEST_BLOCK || maxBlockSize > OptionNegotiation.LARGEST_BLOCK) {
            throw new IllegalArgumentException("largest blksize " + maxBlockSize + "; expected 8 to 65464 (RFC 2348)."
                    + " To avoid fragments on Ethernet use 1468 (IPv4) or 1448 (IPv6)");
        }
        if (maxWindowSize < 1 || maxWindowSize > OptionNegotiation.LARGEST_WINDOW) {
            throw new IllegalArgumentException(
                    "largest windowsize " + maxWindowSize + "; expected 1 to 65535 (RFC 7440)");
        }
    }

    /** All options, and 0 after 65535. */
    public NegotiationPolicy(int maxBlockSize, int maxWindowSize, RetransmitPolicy retransmit) {
        this(maxBlockSize, maxWindowSize, retransmit, BlockRollover.TO_ZERO, true);
    }
}
