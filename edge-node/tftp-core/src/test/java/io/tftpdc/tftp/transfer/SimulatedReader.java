package io.tftpdc.tftp.transfer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * A client that reads, written apart from the server's core: it takes blocks in order only, acknowledges once per
 * window, answers a gap with the last block it has, and repeats its last packet when nothing comes. It never gives up.
 */
final class SimulatedReader {

    /** What clients in the field do with a packet that is not the next block. */
    enum Habit {
        /** One ACK until the next block comes, for a gap as for a repeat (U-Boot). */
        ACKS_ONCE,
        /** An ACK for each of them (EDK2). */
        ACKS_EACH,
        /** One ACK until the next block comes; but windows end where they would have ended without the loss. */
        ACKS_ONCE_AND_COUNTS_WINDOWS_FROM_THE_START,
        /** One ACK per gap, and one for each repeat. */
        ACKS_EACH_REPEAT,
        /** One ACK per gap; repeats are dropped without a word. */
        DROPS_REPEATS
    }

    private static final long REPEAT_AFTER_NANOS = 1_500_000_000;

    private final ReadSimulation server;
    private final TransferTerms terms;
    private final Habit habit;

    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private boolean agreed;
    private boolean complete;
    private long blocks;
    private int inWindow;
    private boolean answered;
    private long duplicates;
    private long timer;

    SimulatedReader(ReadSimulation server, TransferTerms terms, Habit habit) {
        this.server = server;
        this.terms = terms;
        this.habit = habit;
    }

    void start() {
        server.request();
        restartTimer();
    }

    byte[] received() {
        return received.toByteArray();
    }

    /** The last block in order. */
    long blocks() {
        return blocks;
    }

    /** How often a block came that was there already, and not only because the network doubled the packet. */
    long duplicates() {
        return duplicates;
    }

    void receivesOack() {
        if (blocks == 0) {
            agreed = true;
            acknowledge();
        }
    }

    /** @param first false when the network has delivered this very packet before */
    void receivesData(int wireNumber, ByteBuffer payload, boolean first) {
        if (!terms.acknowledged().isEmpty() && !agreed) {
            throw new AssertionError("DATA before the client agreed to the OACK");
        }
        if (!complete && wireNumber == terms.wireNumber(blocks + 1)) {
            takes(payload);
            return;
        }
        boolean duplicate = alreadyHere(wireNumber);
        duplicates += duplicate && first ? 1 : 0;
        boolean answers =
                switch (habit) {
                    case ACKS_ONCE, ACKS_ONCE_AND_COUNTS_WINDOWS_FROM_THE_START -> !answered;
                    case ACKS_EACH -> true;
                    case ACKS_EACH_REPEAT -> duplicate || !answered;
                    case DROPS_REPEATS -> !duplicate && !answered;
                };
        if (complete || terms.windowSize() == 1 || answers) {
            answered = answered || habit != Habit.ACKS_EACH_REPEAT || !duplicate;
            acknowledge();
        }
    }

    private void takes(ByteBuffer payload) {
        received.write(payload.array(), payload.position(), payload.remaining());
        blocks++;
        inWindow++;
        answered = false;
        complete = payload.remaining() < terms.blockSize();
        boolean endOfWindow = habit == Habit.ACKS_ONCE_AND_COUNTS_WINDOWS_FROM_THE_START
                ? blocks % terms.windowSize() == 0
                : inWindow >= terms.windowSize();
        if (complete || endOfWindow) {
            acknowledge();
        } else {
            restartTimer();
        }
    }

    /** Within the last two windows; further back a number could stand for a block to come. */
    private boolean alreadyHere(int wireNumber) {
        for (long block = blocks; block > 0 && block > blocks - 2L * terms.windowSize(); block--) {
            if (wireNumber == terms.wireNumber(block)) {
                return true;
            }
        }
        return false;
    }

    private void acknowledge() {
        inWindow = 0;
        server.acknowledge(terms.wireNumber(blocks));
        restartTimer();
    }

    private void restartTimer() {
        long mine = ++timer;
        server.network().after(REPEAT_AFTER_NANOS, () -> {
            if (mine == timer) {
                if (blocks > 0 || agreed) {
                    acknowledge();
                } else {
                    start();
                }
            }
        });
    }
}
