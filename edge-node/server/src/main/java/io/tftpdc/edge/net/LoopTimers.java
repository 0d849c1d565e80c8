package io.tftpdc.edge.net;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The timers of one event loop: a {@link TimerWheel} that is advanced by the loop itself, only while it is needed. */
final class LoopTimers {

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int SLOTS = 2048;

    private final EventLoop loop;
    private final LongSupplier nanoClock;
    private final TimerWheel wheel;
    private Turn turn = new Turn();
    private boolean ticking;

    /** @param nanoClock monotonic nanoseconds, such as {@link System#nanoTime()} */
    LoopTimers(EventLoop loop, LongSupplier nanoClock) {
        this.loop = loop;
        this.nanoClock = nanoClock;
        this.wheel = new TimerWheel(TICK_NANOS, SLOTS, nanoClock.getAsLong());
    }

    /** From now on all that fires at one moment is one turn. */
    void inTurns(Turn ofLoop) {
        turn = ofLoop;
    }

    long nanos() {
        return nanoClock.getAsLong();
    }

    TimerWheel.Timer newTimer(Runnable task) {
        return wheel.newTimer(task);
    }

    void arm(TimerWheel.Timer timer, Duration delay) {
        armAt(timer, nanoClock.getAsLong() + delay.toNanos());
    }

    /** @param deadlineNanos on the clock of {@link #nanos} */
    void armAt(TimerWheel.Timer timer, long deadlineNanos) {
        wheel.arm(timer, deadlineNanos);
        if (!ticking) {
            ticking = true;
            scheduleTick();
        }
    }

    void disarm(TimerWheel.Timer timer) {
        wheel.disarm(timer);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // never cancelled; ends with the loop
    private void scheduleTick() {
        loop.schedule(this::tick, TICK_NANOS, TimeUnit.NANOSECONDS);
    }

    private void tick() {
        try {
            turn.take(() -> wheel.advance(nanoClock.getAsLong()));
        } finally {
            if (wheel.isEmpty()) {
                ticking = false;
            } else {
                scheduleTick();
            }
        }
    }
}
