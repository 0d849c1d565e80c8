package io.tftpdc.tftp.transfer;

import java.nio.ByteBuffer;

/**
 * A client that writes, written apart from the server's core: it sends a window, waits for its ACK, goes on after any
 * gap that an ACK shows, and sends the window again when nothing comes.
 */
final class SimulatedWriter {

    /** What clients in the field do with an ACK that is not the one of the window's end. */
    enum Habit {
        /** A window of one block: nothing (RFC 1123); a larger one starts again after the acknowledged block. */
        FOLLOWS_THE_RFCS,
        /** As before, and with a window of one block too: the sorcerer's apprentice. */
        ANSWERS_EVERY_ACK,
        /** Nothing: only its timer repeats. */
        WAITS_FOR_ITS_TIMER
    }

    private static final long REPEAT_AFTER_NANOS = 1_200_000_000;

    private final WriteSimulation server;
    private final byte[] content;
    private final TransferTerms terms;
    private final Habit habit;
    private final int mostRepeats;
    private final long lastBlock;

    private boolean started;
    private boolean done;
    private long acknowledged;
    private long sent;
    private int repeats;
    private long dataSent;
    private long timer;

    SimulatedWriter(WriteSimulation server, byte[] content, TransferTerms terms, Habit habit, int mostRepeats) {
        this.server = server;
        this.content = content;
        this.terms = terms;
        this.habit = habit;
        this.mostRepeats = mostRepeats;
        this.lastBlock = content.length / terms.blockSize() + 1L;
    }

    void start() {
        server.request();
        restartTimer();
    }

    /** The last block was acknowledged: for this client the file is safe. */
    boolean done() {
        return done;
    }

    long blocks() {
        return lastBlock;
    }

    int windowSize() {
        return terms.windowSize();
    }

    /** DATA packets sent, repeats included. */
    long dataSent() {
        return dataSent;
    }

    void receivesOack() {
        if (!started) {
            begins();
        }
    }

    void receivesAck(int wireNumber) {
        if (!started) {
            if (wireNumber == 0 && terms.acknowledged().isEmpty()) {
                begins();
            }
            return;
        }
        long block = terms.rollover().countFrom(acknowledged, wireNumber);
        if (done || block > sent) {
            return;
        }
        if (block == lastBlock) {
            done = true;
            timer++;
        } else if (block == sent) {
            repeats = 0;
            sendWindow(block);
        } else {
            boolean answers =
                    switch (habit) {
                        case FOLLOWS_THE_RFCS -> terms.windowSize() > 1;
                        case ANSWERS_EVERY_ACK -> true;
                        case WAITS_FOR_ITS_TIMER -> false;
                    };
            if (answers) {
                repeats = block > acknowledged ? 0 : repeats;
                sendWindow(block);
            }
        }
    }

    private void begins() {
        started = true;
        sendWindow(0);
    }

    private void sendWindow(long after) {
        acknowledged = after;
        long last = Math.min(after + terms.windowSize(), lastBlock);
        sent = Math.max(sent, last);
        for (long block = after + 1; block <= last; block++) {
            int offset = (int) terms.offsetOf(block);
            int length = Math.min(terms.blockSize(), content.length - offset);
            dataSent++;
            server.data(terms.wireNumber(block), ByteBuffer.wrap(content, offset, length));
        }
        restartTimer();
    }

    private void restartTimer() {
        long mine = ++timer;
        server.network().after(REPEAT_AFTER_NANOS, () -> {
            if (mine == timer && repeats++ < mostRepeats) {
                if (started) {
                    sendWindow(acknowledged);
                } else {
                    start();
                }
            }
        });
    }
}
