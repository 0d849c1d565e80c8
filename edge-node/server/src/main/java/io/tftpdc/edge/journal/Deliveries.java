package io.tftpdc.edge.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Which of the journal's events are on their way to Kafka, and what became of the others. One lock holds all of it, so
 * that what was delivered and where to go on from are always told together: going back to the beginning of the journal
 * never meets an event that was delivered and not deleted yet.
 *
 * <p>The sender asks; Kafka's thread answers.
 */
final class Deliveries {
    private final int limit;
    private final List<Long> delivered = new ArrayList<>();
    private long next;
    private int inFlight;
    private boolean failed;
    private boolean closed;

    /** @param limit of events on their way at a time */
    Deliveries(int limit) {
        this.limit = limit;
    }

    /**
     * What the sender does next.
     *
     * @param delivered events to delete, each told once
     * @param from the first event to send, once those are deleted; empty while answers are awaited before going back
     * @param startsOver whether sending goes back to the beginning because something failed
     */
    record Turn(List<Long> delivered, OptionalLong from, boolean startsOver) {}

    synchronized Turn turn() {
        boolean startsOver = failed && inFlight == 0;
        if (startsOver) {
            failed = false;
            next = 0;
        }
        Turn turn = new Turn(List.copyOf(delivered), failed ? OptionalLong.empty() : OptionalLong.of(next), startsOver);
        delivered.clear();
        return turn;
    }

    /**
     * Waits until there is room for one more on its way.
     *
     * @return false when it must not be sent now, because sending goes back to the beginning or ends
     */
    synchronized boolean begin(long number) throws InterruptedException {
        while (inFlight >= limit && !failed && !closed) {
            wait();
        }
        if (failed || inFlight >= limit) {
            return false;
        }
        inFlight++;
        next = number + 1;
        return true;
    }

    /** What was begun could not be handed over, and comes next again. */
    synchronized void takeBack(long number) {
        inFlight--;
        next = number;
        notifyAll();
    }

    /** Kafka has it, or it is dropped: either way the journal need not keep it. */
    synchronized void done(long number) {
        delivered.add(number);
        inFlight--;
        notifyAll();
    }

    /** It will not be sent at all. */
    synchronized void drop(long number) {
        delivered.add(number);
        next = number + 1;
    }

    /** Kafka does not have it; once all the others are answered, sending goes back to the beginning. */
    synchronized void failed() {
        failed = true;
        inFlight--;
        notifyAll();
    }

    synchronized int inFlight() {
        return inFlight;
    }

    /** Nobody waits for room any more. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }

    /** Whether everything was answered in time. */
    synchronized boolean awaitAnswers(long millis) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = millis;
                inFlight > 0 && left > 0;
                left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())) {
            wait(left);
        }
        return inFlight == 0;
    }
}
