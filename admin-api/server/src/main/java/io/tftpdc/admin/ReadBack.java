package io.tftpdc.admin;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;

/** Waiting until what was written to Kafka has been read back. */
public final class ReadBack {
    private ReadBack() {}

    /**
     * Call with the lock of the condition held, which is free while it waits.
     *
     * @param changed signalled at each change
     * @param reached asked at once and after each change, with the lock held
     * @return whether it was so in time
     */
    public static boolean await(Condition changed, BooleanSupplier reached, Duration timeout)
            throws InterruptedException {
        long left = timeout.toNanos();
        while (!reached.getAsBoolean()) {
            if (left <= 0) {
                return false;
            }
            left = changed.awaitNanos(left);
        }
        return true;
    }
}
