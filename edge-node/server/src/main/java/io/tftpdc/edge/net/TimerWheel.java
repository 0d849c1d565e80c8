package io.tftpdc.edge.net;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Timers for one thread: arming, moving and disarming cost a few writes, however many there are. A timer fires at the
 * first {@link #advance} after its deadline, so it is late by up to the interval between two advances.
 *
 * <p>Timers hang in a ring of slots by their deadline's tick; those for a later turn stay where they are when the hand
 * passes. A timer that is put off, which with every packet happens, stays where it hangs too, until the hand comes by.
 */
final class TimerWheel {

    private static final Logger LOG = LoggerFactory.getLogger(TimerWheel.class);

    /** One timer, armed or not; belongs to one wheel. */
    static final class Timer {
        private final Runnable task;
        private long deadline;
        private @Nullable Timer previous;
        private @Nullable Timer next;
        private int slot = NOWHERE;

        private Timer(Runnable task) {
            this.task = task;
        }
    }

    private static final int NOWHERE = -1;

    private final long tickNanos;
    private final long startNanos;
    private final @Nullable Timer[] slots;
    private long hand;
    private int armed;

    /**
     * @param tickNanos width of a slot
     * @param slotCount slots in a turn
     * @param nowNanos the time on the caller's clock
     */
    TimerWheel(long tickNanos, int slotCount, long nowNanos) {
        this.tickNanos = tickNanos;
        this.startNanos = nowNanos;
        this.slots = new @Nullable Timer[slotCount];
    }

    Timer newTimer(Runnable task) {
        return new Timer(task);
    }

    boolean isEmpty() {
        return armed == 0;
    }

    /** Fires {@code timer} once at {@code deadlineNanos}, and not when it would have fired before. */
    void arm(Timer timer, long deadlineNanos) {
        if (timer.slot != NOWHERE && deadlineNanos - timer.deadline >= 0) {
            timer.deadline = deadlineNanos; // the common case: it moves on when the hand comes by
            return;
        }
        disarm(timer);
        timer.deadline = deadlineNanos;
        hang(timer);
    }

    private void hang(Timer timer) {
        int slot = (int) (Math.max(tick(timer.deadline), hand) % slots.length);
        timer.slot = slot;
        Timer first = slots[slot];
        timer.next = first;
        if (first != null) {
            first.previous = timer;
        }
        slots[slot] = timer;
        armed++;
    }

    void disarm(Timer timer) {
        if (timer.slot == NOWHERE) {
            return;
        }
        if (timer.previous == null) {
            slots[timer.slot] = timer.next;
        } else {
            timer.previous.next = timer.next;
        }
        if (timer.next != null) {
            timer.next.previous = timer.previous;
        }
        timer.previous = null;
        timer.next = null;
        timer.slot = NOWHERE;
        armed--;
    }

    /** Fires everything due by {@code nowNanos}. A task may arm and disarm any timer of this wheel. */
    void advance(long nowNanos) {
        advance(nowNanos, () -> true);
    }

    /**
     * The same, but asks before the first timer fires. The answer false leaves everything that is due to the next call.
     *
     * @param mayFire may arm, put off and disarm any timer of this wheel
     */
    void advance(long nowNanos, BooleanSupplier mayFire) {
        long last = tick(nowNanos);
        // After a long pause one turn visits every slot; more would visit them again.
        hand = Math.max(hand, last - slots.length + 1);
        boolean asked = false;
        for (; hand <= last; hand++) {
            int slot = (int) (hand % slots.length);
            if (!asked && moveOn(slot, nowNanos)) {
                asked = true;
                if (!mayFire.getAsBoolean()) {
                    return;
                }
            }
            fireDue(slot, nowNanos);
        }
        hand = last; // whatever was armed for the rest of this tick is still to come
    }

    private void fireDue(int slot, long nowNanos) {
        // A task may change the list, so each firing starts over at its head: due timers leave the list when they fire.
        Timer timer = slots[slot];
        while (timer != null) {
            if (timer.deadline - nowNanos <= 0) {
                disarm(timer);
                run(timer.task);
                timer = slots[slot];
            } else {
                Timer next = timer.next;
                moveOn(timer, slot);
                timer = next;
            }
        }
    }

    /** Moves what was put off to where it belongs now; true when there is something left that is due. */
    private boolean moveOn(int slot, long nowNanos) {
        boolean due = false;
        Timer timer = slots[slot];
        while (timer != null) {
            Timer next = timer.next;
            due |= timer.deadline - nowNanos <= 0;
            moveOn(timer, slot);
            timer = next;
        }
        return due;
    }

    /** A timer that was put off since it was hung here goes where it belongs now. */
    private void moveOn(Timer timer, int slot) {
        if ((int) (tick(timer.deadline) % slots.length) != slot) {
            disarm(timer);
            hang(timer);
        }
    }

    /** A task that fails must not take the timers of everybody else with it. */
    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | OutOfMemoryError failure) {
            LOG.atError().setMessage("a timer task failed").setCause(failure).log();
        }
    }

    private long tick(long nanos) {
        return (nanos - startNanos) / tickNanos;
    }
}
