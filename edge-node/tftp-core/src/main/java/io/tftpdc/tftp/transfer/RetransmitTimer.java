package io.tftpdc.tftp.transfer;

/**
 * How long one transfer waits for its client: learns how fast the client answers, so that a lost packet is repeated
 * after milliseconds on a LAN and not after the second that a silent client deserves.
 *
 * <p>The estimate is that of RFC 6298: smoothed round trip and variation, from the first sending of a window's last
 * block to its acknowledgement. A block sent twice gives no sample (Karn), with one exception: an answer that follows a
 * repeat faster than any answer ever came belongs to the first sending, and shows that the repeat was too early; without
 * it a client that is sometimes slow would never be learnt (compare RFC 3522).
 *
 * <p>While the estimate, doubled for each time that it ran out in vain, is below the first delay of the
 * {@link RetransmitPolicy}, firings are <em>early</em>: the transfer sends something again, but counts no retry. After
 * that the ordinary delays run, so a client that falls silent gets all the patience of the policy.
 *
 * <pre>
 *   sent ──► rto ──► 2 rto ──► ... ──► first delay ──► 2 first delays ──► ... ──► given up
 *            └────── early ──────┘     └────────── retries ───────────┘
 * </pre>
 *
 * The shell calls {@link #sent} and {@link #acknowledged} as these things happen, {@link #delayNanos} for
 * {@link Action.ArmTimer}, and {@link #firedEarly} when the timer runs out. Blocks are counted as in
 * {@link Action.SendBlocks}; block 0 stands for the OACK, so that the first window already has a sample. In an upload
 * {@link #replied} takes the place of both; there a round trip is that of an ACK and the whole window that answers it.
 * Nanoseconds are of any clock that only goes forward.
 * Allocates nothing after construction; not thread-safe.
 */
public final class RetransmitTimer {

    private static final long NONE = Long.MIN_VALUE;

    private final RetransmitPolicy policy;
    private final long firstDelay;
    private final long shortestDelay;

    private long smoothedRoundTrip = NONE;
    private long variation;
    private long fastest = Long.MAX_VALUE;

    private long lastSent = -1;
    private long sentAt;
    /** When the last block was sent again, or {@link #NONE}. */
    private long repeatedAt = NONE;
    /** True while the answer to the last block can still give a sample. */
    private boolean measuring;

    private long acknowledged = -1;
    private int firedInVain;
    private boolean early;

    public RetransmitTimer(RetransmitPolicy policy) {
        this.policy = policy;
        this.firstDelay = policy.firstDelayNanos();
        this.shortestDelay = policy.shortestDelayNanos();
    }

    /** Blocks up to {@code last} were just handed to the network; they may include blocks sent before. */
    public void sent(long last, long nowNanos) {
        if (last > lastSent) {
            lastSent = last;
            sentAt = nowNanos;
            repeatedAt = NONE;
            measuring = true;
        } else if (repeatedAt == NONE) {
            repeatedAt = nowNanos;
        } else {
            measuring = false; // sent three times: nobody can tell which one was answered
        }
    }

    /** The client has confirmed everything up to {@code block}; calling it again with the same block does nothing. */
    public void acknowledged(long block, long nowNanos) {
        if (block <= acknowledged) {
            return;
        }
        acknowledged = block;
        firedInVain = 0;
        if (measuring && block == lastSent) {
            measuring = false;
            boolean answersTheFirst = repeatedAt == NONE || nowNanos - repeatedAt < fastest;
            if (answersTheFirst) {
                sample(Math.max(0, nowNanos - sentAt));
            }
        }
    }

    /** An upload: the ACK of {@code block} (0: the OACK, or ACK 0) was just sent, perhaps not for the first time. */
    public void replied(long block, long nowNanos) {
        if (block > lastSent) {
            acknowledged(lastSent, nowNanos);
        }
        sent(block, nowNanos);
    }

    private void sample(long roundTrip) {
        fastest = Math.min(fastest, roundTrip);
        if (smoothedRoundTrip == NONE) {
            smoothedRoundTrip = roundTrip;
            variation = roundTrip / 2;
        } else {
            variation += (Math.abs(roundTrip - smoothedRoundTrip) - variation) / 4;
            smoothedRoundTrip += (roundTrip - smoothedRoundTrip) / 8;
        }
    }

    /** How long to wait now, after this many retries; see {@link Action.ArmTimer}. */
    public long delayNanos(int retries) {
        long delay = retries == 0 ? retransmissionTimeout() : Long.MAX_VALUE;
        early = delay < firstDelay;
        return early ? delay : policy.delayNanos(retries);
    }

    /** RFC 6298 section 2, doubled for each firing in vain (section 5.5); endless before the first sample. */
    private long retransmissionTimeout() {
        if (smoothedRoundTrip == NONE || firedInVain > 30) {
            return Long.MAX_VALUE;
        }
        long base = Math.max(shortestDelay, smoothedRoundTrip + 4 * variation);
        return base >= firstDelay ? Long.MAX_VALUE : saturatingShift(base, firedInVain);
    }

    private static long saturatingShift(long value, int places) {
        return value > Long.MAX_VALUE >> places ? Long.MAX_VALUE : value << places;
    }

    /**
     * To be asked once when the timer has run out: true when the delay last given was an early one, which is also
     * counted, so that the next one doubles.
     */
    public boolean firedEarly() {
        if (early) {
            firedInVain++;
        }
        return early;
    }

    /** The smoothed round trip in nanoseconds, or -1 before the first sample. */
    public long smoothedRoundTripNanos() {
        return smoothedRoundTrip == NONE ? -1 : smoothedRoundTrip;
    }
}
