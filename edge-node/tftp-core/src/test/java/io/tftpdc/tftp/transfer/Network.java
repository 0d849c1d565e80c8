package io.tftpdc.tftp.transfer;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * A network that loses, doubles, delays and reorders packets, on a virtual clock: a twenty-minute transfer takes
 * milliseconds. Everything random comes from one seed. The last packets are kept as a ladder for the message of a failing
 * test.
 */
final class Network {

    /**
     * How bad it is. Loss, duplication and reordering are probabilities from 0 to 1, for each packet of either direction.
     *
     * @param reordering how often a packet takes two to five times the delay, and is overtaken
     * @param delay of every packet, one way
     * @param jitter a packet takes up to so much longer, without being overtaken
     * @param perPacket how long the line is busy with one packet
     * @param buffers how many packets wait for the line at most; more are lost
     */
    record Quality(
            double loss,
            double duplication,
            double reordering,
            Duration delay,
            Duration jitter,
            Duration perPacket,
            int buffers) {

        Quality(
                double loss,
                double duplication,
                double reordering,
                Duration delay,
                Duration jitter,
                Duration perPacket) {
            this(loss, duplication, reordering, delay, jitter, perPacket, Integer.MAX_VALUE);
        }

        /** The usual network of a datacenter: it only loses. */
        static Quality losing(double loss, Duration delay) {
            return new Quality(loss, 0, 0, delay, Duration.ZERO, Duration.ofNanos(5_000));
        }

        static Quality random(Random random, double mostLoss, double mostDuplication, double mostReordering) {
            return new Quality(
                    random.nextDouble() * mostLoss,
                    random.nextDouble() * mostDuplication,
                    random.nextDouble() * mostReordering,
                    Duration.ofNanos(20_000 + random.nextLong(400_000_000)),
                    Duration.ofNanos(random.nextLong(20_000_000)),
                    Duration.ofNanos(random.nextLong(50_000)));
        }
    }

    private static final int LADDER_LINES = 60;
    private static final int MOST_EVENTS = 5_000_000;

    /** Put into words only when a test fails. */
    private record Rung(long at, String arrow, String text, int copies) {
        @Override
        public String toString() {
            return "%,14d µs  %s %s%s".formatted(at / 1_000, arrow, text, copies == 2 ? " twice" : "");
        }
    }

    private record Scheduled(long at, long order, Runnable event) {}

    private final Random random;
    private final Quality quality;
    private final PriorityQueue<Scheduled> queue = new PriorityQueue<>(
            (a, b) -> a.at() != b.at() ? Long.compare(a.at(), b.at()) : Long.compare(a.order(), b.order()));
    private final Deque<Rung> ladder = new ArrayDeque<>();
    private final Line toServer = new Line();
    private final Line toClient = new Line();
    private long now;
    private long order;
    private int events;
    private long lost;

    /** One direction. */
    private static final class Line {
        private long freeAt;
        private long lastArrival;
    }

    Network(Random random, Quality quality) {
        this.random = random;
        this.quality = quality;
    }

    long nanos() {
        return now;
    }

    /** Packets lost so far, in both directions. */
    long lost() {
        return lost;
    }

    void after(long nanos, Runnable event) {
        queue.add(new Scheduled(now + nanos, order++, event));
    }

    /** Runs the next event. */
    void runNext() {
        Scheduled next = queue.poll();
        if (next == null || ++events > MOST_EVENTS) {
            throw new AssertionError("the transfer neither ends nor moves\n" + ladder());
        }
        now = next.at();
        next.event().run();
    }

    void toServer(String text, Runnable delivery) {
        transmit(toServer, text, "──►", "──X", delivery);
    }

    void toClient(String text, Runnable delivery) {
        transmit(toClient, text, "◄──", "X──", delivery);
    }

    private void transmit(Line line, String text, String arrives, String isLost, Runnable delivery) {
        long waiting = (line.freeAt - now) / Math.max(1, quality.perPacket().toNanos());
        boolean dropped = random.nextDouble() < quality.loss() || waiting >= quality.buffers();
        int copies = dropped ? 0 : random.nextDouble() < quality.duplication() ? 2 : 1;
        lost += copies == 0 ? 1 : 0;
        note(new Rung(now, copies == 0 ? isLost : arrives, text, copies));
        if (waiting < quality.buffers()) {
            line.freeAt = Math.max(now, line.freeAt) + quality.perPacket().toNanos();
        }
        for (int i = 0; i < copies; i++) {
            long delay = quality.delay().toNanos();
            long jitter = quality.jitter().toNanos();
            if (random.nextDouble() < quality.reordering()) {
                delay *= 2L + random.nextInt(4);
                after(line.freeAt + delay - now, delivery);
            } else {
                line.lastArrival =
                        Math.max(line.lastArrival, line.freeAt + delay + (jitter == 0 ? 0 : random.nextLong(jitter)));
                after(line.lastArrival - now, delivery);
            }
        }
    }

    /** Something that is no packet. */
    void note(String text) {
        note(new Rung(now, "   ", text, 1));
    }

    private void note(Rung rung) {
        ladder.add(rung);
        if (ladder.size() > LADDER_LINES) {
            ladder.remove();
        }
    }

    String ladder() {
        return "the last packets, client on the left:\n"
                + ladder.stream().map(Rung::toString).collect(Collectors.joining("\n"));
    }
}
