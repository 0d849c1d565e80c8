package io.tftpdc.edge.net;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The timers of one event loop: a {@link TimerWheel} that is advanced by the loop itself, only while it is needed. */
final class LoopTimers {

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int SLOTS = 1024;

    private final EventLoop loop;
    private final LongSupplier nanoClock;
    private final TimerWheel wheel;
    private boolean ticking;

    /** @param nanoClock monotonic nanoseconds, such as {@link System#nanoTime()} */
    LoopTimers(EventLoop loop, LongSupplier nanoClock) {
        this.loop = loop;
        this.nanoClock = nanoClock;
        this.wheel = new TimerWheel(TICK_NANOS, SLOTS, nanoClock.getAsLong());
    }

    long nanos() {
        return nanoClock.getAsLong();
    }

    TimerWheel.Timer newTimer(Runnable task) {
        return wheel.newTimer(task);
    }

    void arm(TimerWheel.Timer timer, Duration delay) {
        wheel.arm(timer, nanoClock.getAsLong() + delay.toNanos());
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
            wheel.advance(nanoClock.getAsLong());
        } finally {
            if (wheel.isEmpty()) {
                ticking = false;
            } else {
                scheduleTick();
            }
        }
    }
}
