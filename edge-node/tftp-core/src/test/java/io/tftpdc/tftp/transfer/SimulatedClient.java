package io.tftpdc.tftp.transfer;

import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.transfer.Simulation.Wire;
import java.io.ByteArrayOutputStream;

/**
 * A client by the book, written apart from the server's core: it takes blocks in order only, acknowledges once per
 * window, answers a gap with the last block it has, and repeats its last packet when nothing comes. It never gives up.
 */
final class SimulatedClient {

    private static final int REPEAT_AFTER_MILLIS = 1_500;

    private final Simulation network;
    private final TransferTerms terms;
    /** Some clients answer every packet after a gap, others only the first. */
    private final boolean answersEveryGap;

    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private Wire last = new Wire.Request();
    private boolean agreed;
    private boolean complete;
    private long blocks;
    private int inWindow;
    private boolean gapAnswered;
    private long timer;

    SimulatedClient(Simulation network, TransferTerms terms, boolean answersEveryGap) {
        this.network = network;
        this.terms = terms;
        this.answersEveryGap = answersEveryGap;
    }

    void start() {
        send(new Wire.Request());
    }

    byte[] received() {
        return received.toByteArray();
    }

    void receives(Wire packet) {
        switch (packet) {
            case Wire.Oack oack -> {
                if (blocks == 0) {
                    agreed = true;
                    send(new Wire.AckOf(BlockNumber.ZERO));
                }
            }
            case Wire.DataOf data -> receivesData(data);
            case Wire.Request request -> throw new AssertionError("a server does not request");
            case Wire.AckOf ack -> throw new AssertionError("a server does not acknowledge a read");
        }
    }

    private void receivesData(Wire.DataOf data) {
        if (!terms.acknowledged().isEmpty() && !agreed) {
            throw new AssertionError("DATA before the client agreed to the OACK");
        }
        if (!complete && data.block().equals(BlockNumber.of(blocks + 1))) {
            received.write(
                    data.payload().array(),
                    data.payload().position(),
                    data.payload().remaining());
            blocks++;
            inWindow++;
            gapAnswered = false;
            complete = data.payload().remaining() < terms.blockSize();
            if (complete || inWindow == terms.windowSize()) {
                acknowledge();
            } else {
                restartTimer();
            }
        } else if (complete || answersEveryGap || !gapAnswered) {
            gapAnswered = true;
            acknowledge();
        }
    }

    private void acknowledge() {
        inWindow = 0;
        send(new Wire.AckOf(BlockNumber.of(blocks)));
    }

    private void send(Wire packet) {
        last = packet;
        network.toServer(packet);
        restartTimer();
    }

    private void restartTimer() {
        long mine = ++timer;
        network.after(REPEAT_AFTER_MILLIS, () -> {
            if (mine == timer) {
                inWindow = 0;
                send(blocks > 0 ? new Wire.AckOf(BlockNumber.of(blocks)) : last);
            }
        });
    }
}
