package io.tftpdc.edge.policy;

import io.tftpdc.event.Tenant;
import org.jspecify.annotations.Nullable;

/**
 * One transfer's place within the limits, from its request to its end. Used by the event loop that opened it.
 *
 * <p>Until the client answers, nobody knows that the request came from it and not from somebody who wants it flooded. So
 * a first reply is repeated a few times only, and the transfer may be given up for another one at any moment. A client
 * that has answered lately is spared both.
 */
public final class Ticket implements AutoCloseable {
    private final LoopLimits limits;
    private final @Nullable ClientAddress address;
    private final Tenant tenant;
    private Runnable whenGivenUp = this::close;
    private int repeats;
    private boolean answered;
    private boolean closed;
    private boolean counted;

    /** @param address null when the client is exempt */
    Ticket(LoopLimits limits, @Nullable ClientAddress address, Tenant tenant, boolean counted) {
        this.limits = limits;
        this.address = address;
        this.tenant = tenant;
        this.counted = counted;
    }

    /** What to do when this transfer has to make room: end it without a word to the client, and {@link #close} this. */
    public void onGivenUp(Runnable task) {
        whenGivenUp = task;
    }

    /** A packet came from the client's side of the transfer that nobody else could know how to send. */
    public void answered(long now) {
        if (answered || closed) {
            return;
        }
        answered = true;
        limits.answered(this, address, tenant, now);
        counted = false;
    }

    /** Whether the first reply may be sent again because its time has come; counts it. */
    public boolean mayRepeat() {
        if (!counted || closed) {
            return true;
        }
        if (repeats >= limits.firstReplyRepeats()) {
            return false;
        }
        repeats++;
        return true;
    }

    /** The same, because the request came again; when not, the listener of {@link LoopLimits} is told. */
    public boolean mayRepeatOnRequest() {
        boolean may = mayRepeat();
        if (!may) {
            limits.dropRepeat();
        }
        return may;
    }

    /** Whether it counts among those whose client has not answered. */
    boolean counted() {
        return counted;
    }

    void giveUp() {
        whenGivenUp.run();
        close();
    }

    /** The transfer is over. Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            limits.closed(this, address, tenant);
            counted = false;
        }
    }
}
