package io.tftpdc.tftp.transfer;

import static io.tftpdc.tftp.packet.TftpOption.BLKSIZE;
import static io.tftpdc.tftp.packet.TftpOption.TIMEOUT;
import static io.tftpdc.tftp.packet.TftpOption.TSIZE;
import static io.tftpdc.tftp.packet.TftpOption.WINDOWSIZE;

import io.tftpdc.tftp.packet.TftpOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Turns the options of a request into the terms of its transfer (RFC 2347).
 *
 * <p>Only what was asked is answered, in the order and spelling asked. Values are never raised. A value that makes no
 * sense is ignored, that is, not acknowledged, and of an option given twice the first counts. A blksize or windowsize
 * above its RFC's range is brought down, since either RFC lets the server answer with less.
 */
public final class OptionNegotiation {

    static final int SMALLEST_BLOCK = 8;
    static final int LARGEST_BLOCK = 65464;
    static final int LARGEST_WINDOW = 65535;
    private static final int LONGEST_TIMEOUT_SECONDS = 255;

    private OptionNegotiation() {}

    /**
     * Terms for a read of {@code size} bytes. While the size is unknown (netascii), tsize is not acknowledged: a wrong
     * size is worse than none.
     */
    public static TransferTerms forRead(List<TftpOption> asked, TransferSize size, NegotiationPolicy policy) {
        int blockSize = TransferTerms.PLAIN_BLOCK_SIZE;
        int windowSize = 1;
        RetransmitPolicy retransmit = policy.retransmit();
        List<TftpOption> acknowledged = new ArrayList<>(asked.size());
        Set<String> seen = new HashSet<>();

        for (TftpOption option : asked) {
            OptionalLong number = number(option.value());
            if (number.isEmpty() || !seen.add(option.canonicalName())) {
                continue;
            }
            long value = number.getAsLong();
            switch (option.canonicalName()) {
                case BLKSIZE -> {
                    if (value >= SMALLEST_BLOCK) {
                        blockSize = (int) Math.min(value, policy.maxBlockSize());
                        acknowledged.add(answer(option, blockSize));
                    }
                }
                case WINDOWSIZE -> {
                    if (value >= 1) {
                        windowSize = (int) Math.min(value, policy.maxWindowSize());
                        acknowledged.add(answer(option, windowSize));
                    }
                }
                case TIMEOUT -> {
                    if (value >= 1 && value <= LONGEST_TIMEOUT_SECONDS) {
                        retransmit = policy.retransmit().every(Duration.ofSeconds(value));
                        acknowledged.add(answer(option, value));
                    }
                }
                case TSIZE -> {
                    if (size.known()) {
                        acknowledged.add(answer(option, size.bytes()));
                    }
                }
                default -> {
                    // An option of somebody else's: not acknowledging it is the answer (RFC 2347).
                }
            }
        }
        return new TransferTerms(blockSize, windowSize, retransmit, policy.rollover(), acknowledged);
    }

    private static TftpOption answer(TftpOption asked, long value) {
        return new TftpOption(asked.name(), Long.toString(value));
    }

    /** Decimal digits only, and at most 18 of them, which no size reaches: no sign, no space, nothing else. */
    private static OptionalLong number(String text) {
        if (text.isEmpty() || text.length() > 18) {
            return OptionalLong.empty();
        }
        long number = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return OptionalLong.empty();
            }
            number = number * 10 + (c - '0');
        }
        return OptionalLong.of(number);
    }
}
