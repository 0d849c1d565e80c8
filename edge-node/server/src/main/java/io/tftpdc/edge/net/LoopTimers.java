package io.tftpdc.edge.net;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** The timers of one event loop: a {@link TimerWheel} that is advanced by the loop itself, only while it is needed. */
final class LoopTimers {

    /** What calls {@link LoopTimers} again and again, on the event loop. */
    interface Ticks {
        /** Begins to call {@code tick} with this period. */
        void start(long periodNanos, Runnable tick);

        /** Stops calling. */
        void stop();
    }

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int SLOTS = 4096;

    private final LongSupplier nanoClock;
    private final TimerWheel wheel;
    private Ticks ticks;
    private Turn turn = new Turn();
    private BooleanSupplier mayFire = () -> true;
    private boolean ticking;

    /** @param nanoClock monotonic nanoseconds, such as {@link System#nanoTime()} */
    LoopTimers(EventLoop loop, LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.wheel = new TimerWheel(TICK_NANOS, SLOTS, nanoClock.getAsLong());
        this.ticks = new ScheduledTicks(loop);
    }

    /**
     * From now on all that fires at one moment is one turn, and comes from {@code source}. Before the first is armed.
     *
     * @param upToDate asked before timers fire: whether everything that has arrived was handled
     */
    void drivenBy(Ticks source, Turn ofLoop, BooleanSupplier upToDate) {
        ticks = source;
        turn = ofLoop;
        mayFire = upToDate;
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
            ticks.start(TICK_NANOS, this::tick);
        }
    }

    void disarm(TimerWheel.Timer timer) {
        wheel.disarm(timer);
    }

    private void tick() {
        try {
            turn.take(() -> wheel.advance(nanoClock.getAsLong(), mayFire));
        } finally {
            if (wheel.isEmpty() && ticking) {
                ticking = false;
                ticks.stop();
            }
        }
    }

    /** The event loop's own timers. */
    private static final class ScheduledTicks implements Ticks {
        private final EventLoop loop;
        private boolean running;

        ScheduledTicks(EventLoop loop) {
            this.loop = loop;
        }

        @Override
        public void start(long periodNanos, Runnable tick) {
            running = true;
            next(periodNanos, tick);
        }

        @SuppressWarnings("FutureReturnValueIgnored") // never cancelled; ends with the loop
        private void next(long periodNanos, Runnable tick) {
            loop.schedule(
                    () -> {
                        if (running) {
                            tick.run();
                            if (running) {
                                next(periodNanos, tick);
                            }
                        }
                    },
                    periodNanos,
                    TimeUnit.NANOSECONDS);
        }

        @Override
        public void stop() {
            running = false;
        }
    }
}
