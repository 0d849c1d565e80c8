package io.tftpdc.tftp.transfer;

/**
 * How long one transfer waits for its client: learns how fast the client answers, so that a lost packet is repeated
 * after milliseconds on a LAN and not after the second that a silent client deserves.
 *
 * <p>The estimate is that of RFC 6298: smoothed round trip and variation, from the first sending of a window's last
 * block to its acknowledgement; until there is one, an ACK of a part of the window will do. A block sent twice gives no
 * sample (Karn), with one exception: an answer that follows a repeat faster than any answer ever came belongs to the
 * first sending, and shows that the repeat was too early; without it a client that is sometimes slow would never be
 * learnt (compare RFC 3522).
 *
 * <p>The first few firings after a sign of life are <em>early</em>, as long as their delay is below the first delay of
 * the {@link RetransmitPolicy}: the transfer sends something again, but counts no retry. Then the ordinary delays run, so
 * a client that falls silent gets all the patience of the policy, and one that pauses to write its flash finds few
 * packets waiting. Early delays double with each that ran out in vain (RFC 6298 section 5.5). In a read with windows of
 * several blocks, probes of one block come first and in between ({@link ReadTransfer}); being sent too early costs next
 * to nothing there, so they may come after a quarter of the policy's shortest delay (compare RFC 8985 section 7.2).
 *
 * <pre>
 *   one block:  sent ─► rto ─► 2 rto ─► 4 rto ─► ... ─► first delay ─► 2 first delays ─► ... ─► given up
 *   a window:   sent ─► probe ─► probe ─► rto ─► rto (probe) ─► 2 rto ─► first delay ─► ... ─► given up
 *                       └────────────── early ─────────────────────┘     └───── retries ─────┘
 * </pre>
 *
 * The shell calls {@link #sent} and {@link #acknowledged} as these things happen, {@link #delayNanos} for
 * {@link Action.ArmTimer}, and {@link #firedEarly} when the timer runs out. Blocks are counted as in
 * {@link Action.SendBlocks}; block 0 stands for the OACK, so that the first window already has a sample. In an upload
 * {@link #replied} takes the place of both; there a round trip is that of an ACK and the whole window that answers it.
 * Nanoseconds are of any clock that only goes forward. Allocates nothing after construction; not thread-safe.
 */
public final class RetransmitTimer {

    private static final long NONE = Long.MIN_VALUE;
    /** With 5% loss in each direction, not one silence in 10,000 outlasts these. */
    private static final int MOST_EARLY = 5;

    private final RetransmitPolicy policy;
    private final boolean probing;
    private final long firstDelay;
    private final long shortestDelay;

    private long smoothedRoundTrip = NONE;
    private long variation;
    private long fastest = Long.MAX_VALUE;

    private long lastSent = -1;
    /** The last block sent before {@code sentAt}. */
    private long sentBefore = -1;

    private long sentAt;
    /** When the last block was sent again, or {@link #NONE}. */
    private long repeatedAt = NONE;
    /** True while the answer to the last block can still give a sample. */
    private boolean measuring;

    private long acknowledged = -1;
    private int firedInVain;
    private boolean early;

    /** For a transfer that does not probe: an upload, or a window of one block. */
    public RetransmitTimer(RetransmitPolicy policy) {
        this(policy, false);
    }

    private RetransmitTimer(RetransmitPolicy policy, boolean probing) {
        this.policy = policy;
        this.probing = probing;
        this.firstDelay = policy.firstDelayNanos();
        this.shortestDelay = policy.shortestDelayNanos();
    }

    /** For a read on these terms. */
    public static RetransmitTimer forRead(TransferTerms terms) {
        return new RetransmitTimer(terms.retransmit(), terms.windowSize() > 1);
    }

    /** For a write on these terms. */
    public static RetransmitTimer forWrite(TransferTerms terms) {
        return new RetransmitTimer(terms.retransmit());
    }

    /** Blocks up to {@code last} were just handed to the network; they may include blocks sent before. */
    public void sent(long last, long nowNanos) {
        if (last > lastSent) {
            sentBefore = lastSent;
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
        if (measuring && block > sentBefore) {
            boolean toFirstSending = repeatedAt == NONE || (known() && nowNanos - repeatedAt < fastest);
            boolean whole = block == lastSent;
            // A window cut short by a gap is answered sooner than a whole one; but any estimate is better than none.
            if (toFirstSending && (whole || !known())) {
                sample(Math.max(0, nowNanos - sentAt));
            }
            measuring = !whole;
        }
    }

    private boolean known() {
        return smoothedRoundTrip != NONE;
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
        if (!known()) {
            smoothedRoundTrip = roundTrip;
            variation = roundTrip / 2;
        } else {
            variation += (Math.abs(roundTrip - smoothedRoundTrip) - variation) / 4;
            smoothedRoundTrip += (roundTrip - smoothedRoundTrip) / 8;
        }
    }

    /** How long to wait now, after this many retries; see {@link Action.ArmTimer}. */
    public long delayNanos(int retries) {
        long delay = retries == 0 ? earlyDelay() : Long.MAX_VALUE;
        early = delay < firstDelay;
        return early ? delay : policy.delayNanos(retries);
    }

    /** Endless where no early firing is due. */
    private long earlyDelay() {
        if (!known() || firedInVain >= MOST_EARLY || shortestDelay >= firstDelay) {
            return Long.MAX_VALUE;
        }
        // RFC 6298 section 2; but an answer that takes twice as long as usual is nothing out of the ordinary.
        long timeout = Math.max(smoothedRoundTrip + 4 * variation, 2 * smoothedRoundTrip);
        if (!probing) {
            return Math.max(shortestDelay, timeout) << firedInVain;
        }
        return firedInVain < ReadTransfer.MOST_PROBES
                ? Math.max(shortestDelay / 4, timeout)
                : Math.max(shortestDelay, timeout) << (firedInVain - ReadTransfer.MOST_PROBES) / 2;
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
        return known() ? smoothedRoundTrip : -1;
    }
}
