package io.tftpdc.tftp.transfer;

import static io.tftpdc.tftp.packet.TftpOption.BLKSIZE;
import static io.tftpdc.tftp.packet.TftpOption.ROLLOVER;
import static io.tftpdc.tftp.packet.TftpOption.TIMEOUT;
import static io.tftpdc.tftp.packet.TftpOption.TSIZE;
import static io.tftpdc.tftp.packet.TftpOption.UTIMEOUT;
import static io.tftpdc.tftp.packet.TftpOption.WINDOWSIZE;

import io.tftpdc.tftp.packet.BlockRollover;
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
 * above its RFC's range is brought down, since either RFC lets the server answer with less. The server never refuses a
 * request for its options: RFC 2347 leaves ERROR 8 to the client that cannot live with the answer.
 *
 * <p>Beyond the RFCs: utimeout (microseconds) and rollover (0 or 1) as tftp-hpa spells them. Of timeout and utimeout the
 * first counts.
 */
public final class OptionNegotiation {

    static final int SMALLEST_BLOCK = 8;
    static final int LARGEST_BLOCK = 65464;
    static final int LARGEST_WINDOW = 65535;

    /** Where 1 follows 65535 there are 65535 numbers to a turn, and a window of a whole turn would be ambiguous. */
    private static final int LARGEST_WINDOW_GRANTED = 65534;

    private static final int LONGEST_TIMEOUT_SECONDS = 255;
    private static final long SHORTEST_UTIMEOUT_MICROS = 10_000;
    private static final long LONGEST_UTIMEOUT_MICROS = 255_000_000;

    private final NegotiationPolicy policy;
    private final OptionalLong size;
    private final List<TftpOption> acknowledged = new ArrayList<>();

    private int blockSize = TransferTerms.PLAIN_BLOCK_SIZE;
    private int windowSize = 1;
    private RetransmitPolicy retransmit;
    private BlockRollover rollover;
    private boolean intervalAgreed;

    private OptionNegotiation(NegotiationPolicy policy, OptionalLong size) {
        this.policy = policy;
        this.size = size;
        this.retransmit = policy.retransmit();
        this.rollover = policy.rollover();
    }

    /**
     * Terms for a read of {@code size} bytes. While the size is unknown (netascii not yet counted), tsize is not
     * acknowledged: a wrong size is worse than none.
     */
    public static TransferTerms forRead(List<TftpOption> asked, TransferSize size, NegotiationPolicy policy) {
        OptionalLong answer = size.known() ? OptionalLong.of(size.bytes()) : OptionalLong.empty();
        return new OptionNegotiation(policy, answer).terms(asked);
    }

    /** Terms for a write. The client says how large its file is (RFC 2349), and hears it back. */
    public static TransferTerms forWrite(List<TftpOption> asked, NegotiationPolicy policy) {
        return new OptionNegotiation(policy, announcedSize(asked)).terms(asked);
    }

    /** The first tsize that makes sense: in a WRQ the size of the file to come. */
    public static OptionalLong announcedSize(List<TftpOption> options) {
        for (TftpOption option : options) {
            OptionalLong number = number(option.value());
            if (option.canonicalName().equals(TSIZE) && number.isPresent()) {
                return number;
            }
        }
        return OptionalLong.empty();
    }

    private TransferTerms terms(List<TftpOption> asked) {
        if (policy.optionsEnabled()) {
            Set<String> seen = new HashSet<>();
            for (TftpOption option : asked) {
                OptionalLong number = number(option.value());
                if (number.isPresent() && seen.add(option.canonicalName())) {
                    negotiate(option, number.getAsLong());
                }
            }
        }
        return new TransferTerms(blockSize, windowSize, retransmit, rollover, acknowledged);
    }

    private void negotiate(TftpOption option, long value) {
        switch (option.canonicalName()) {
            case BLKSIZE -> {
                if (value >= SMALLEST_BLOCK) {
                    blockSize = (int) Math.min(value, policy.maxBlockSize());
                    acknowledge(option, blockSize);
                }
            }
            case WINDOWSIZE -> {
                if (value >= 1) {
                    windowSize = (int) Math.min(value, Math.min(policy.maxWindowSize(), LARGEST_WINDOW_GRANTED));
                    acknowledge(option, windowSize);
                }
            }
            case TIMEOUT -> {
                if (value >= 1 && value <= LONGEST_TIMEOUT_SECONDS) {
                    interval(option, value, Duration.ofSeconds(value));
                }
            }
            case UTIMEOUT -> {
                if (value >= SHORTEST_UTIMEOUT_MICROS && value <= LONGEST_UTIMEOUT_MICROS) {
                    interval(option, value, Duration.ofNanos(value * 1_000));
                }
            }
            case TSIZE -> {
                if (size.isPresent()) {
                    acknowledge(option, size.getAsLong());
                }
            }
            case ROLLOVER -> {
                if (value <= 1) {
                    rollover = value == 0 ? BlockRollover.TO_ZERO : BlockRollover.TO_ONE;
                    acknowledge(option, value);
                }
            }
            default -> {
                // multicast (RFC 2090) or somebody else's: not acknowledging it is the answer (RFC 2347).
            }
        }
    }

    private void interval(TftpOption option, long value, Duration interval) {
        if (!intervalAgreed) {
            intervalAgreed = true;
            retransmit = policy.retransmit().every(interval);
            acknowledge(option, value);
        }
    }

    private void acknowledge(TftpOption asked, long value) {
        acknowledged.add(new TftpOption(asked.name(), Long.toString(value)));
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
