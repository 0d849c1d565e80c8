package io.tftpdc.tftp.transfer;

import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.TftpPacket.Ack;
import io.tftpdc.tftp.packet.TftpPacket.OptionAck;
import io.tftpdc.tftp.packet.TftpPacket.ReadRequest;
import io.tftpdc.tftp.packet.TransferMode;
import io.tftpdc.tftp.transfer.Action.Accept;
import io.tftpdc.tftp.transfer.Action.ArmTimer;
import io.tftpdc.tftp.transfer.Action.Commit;
import io.tftpdc.tftp.transfer.Action.Finish;
import io.tftpdc.tftp.transfer.Action.Send;
import io.tftpdc.tftp.transfer.Action.SendBlocks;
import io.tftpdc.tftp.transfer.Input.PacketReceived;
import io.tftpdc.tftp.transfer.ReadState.SendingWindow;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One read over a simulated network. The server's side is a shell as thin as can be around {@link ReadTransfer},
 * {@link RetransmitTimer} and, where the seed says so, {@link SteadyRead}.
 */
final class ReadSimulation {

    private final Network network;
    private final byte[] content;
    private final TransferTerms terms;
    private final boolean sizeKnown;
    private final SimulatedReader client;
    private final @Nullable SteadyRead steady;
    private final RetransmitTimer timer;

    private @Nullable ReadState state;
    private @Nullable TransferOutcome outcome;
    private long armed;
    private long dataSent;
    private long acksSent;
    private int slowAckEvery;
    private Duration slowAck = Duration.ZERO;

    ReadSimulation(
            Random random,
            Network.Quality quality,
            byte[] content,
            TransferTerms terms,
            boolean sizeKnown,
            SimulatedReader.Habit habit) {
        this.network = new Network(random, quality);
        this.content = content;
        this.terms = terms;
        this.sizeKnown = sizeKnown;
        this.client = new SimulatedReader(this, terms, habit);
        this.steady = random.nextBoolean() ? new SteadyRead(terms) : null;
        this.timer = RetransmitTimer.forRead(terms);
    }

    /** Runs to the end of the server's side and returns how it ended. */
    TransferOutcome run() {
        client.start();
        while (outcome == null) {
            network.runNext();
        }
        return outcome;
    }

    boolean receivedWhole() {
        return Arrays.equals(client.received(), content);
    }

    Network network() {
        return network;
    }

    SimulatedReader client() {
        return client;
    }

    /** DATA packets sent, repeats included. */
    long dataSent() {
        return dataSent;
    }

    /** Blocks of the file. */
    long blocks() {
        return content.length / terms.blockSize() + 1L;
    }

    Progress progress() {
        return state == null ? Progress.NONE : state.progress();
    }

    void request() {
        network.toServer("RRQ", () -> {
            if (state == null) {
                carryOut(
                        ReadTransfer.start(terms, sizeKnown ? new TransferSize(content.length) : TransferSize.UNKNOWN));
            } else {
                step(new PacketReceived(new ReadRequest("f", TransferMode.OCTET, List.of())));
            }
        });
    }

    /** Now and then the client thinks before it acknowledges. */
    void delayingOneAckIn(int acks, Duration delay) {
        slowAckEvery = acks;
        slowAck = delay;
    }

    void acknowledge(int wireNumber) {
        if (slowAckEvery > 0 && ++acksSent % slowAckEvery == 0) {
            network.after(slowAck.toNanos(), () -> transmitAck(wireNumber));
        } else {
            transmitAck(wireNumber);
        }
    }

    private void transmitAck(int wireNumber) {
        network.toServer("ACK " + wireNumber, () -> {
            if (steady != null && state instanceof SendingWindow && steady.acknowledged(wireNumber)) {
                timer.acknowledged(steady.acknowledged(), network.nanos());
                SendingWindow next = steady.state();
                carryOut(new Step<>(next, List.of(new SendBlocks(steady.first(), steady.last()), new ArmTimer(0))));
            } else {
                step(new PacketReceived(new Ack(new BlockNumber(wireNumber))));
            }
        });
    }

    private void step(Input input) {
        if (state != null && outcome == null) {
            carryOut(ReadTransfer.step(state, input));
        }
    }

    private void carryOut(Step<ReadState> step) {
        state = step.next();
        if (state instanceof SendingWindow sending) {
            timer.acknowledged(sending.acknowledged(), network.nanos());
            if (steady != null) {
                steady.enter(sending);
            }
        }
        boolean ended = false;
        for (Action action : step.actions()) {
            switch (action) {
                case Send send -> send(send);
                case SendBlocks blocks -> ended = sendBlocks(blocks);
                case ArmTimer arm -> arm(arm.retries());
                case Accept accept -> throw new AssertionError("a read accepts nothing");
                case Commit commit -> throw new AssertionError("a read commits nothing");
                case Finish finish -> outcome = finish.outcome();
            }
        }
        if (ended && outcome == null) {
            step(new Input.SourceEnded(content.length));
        }
    }

    private void send(Send send) {
        if (!(send.packet() instanceof OptionAck)) {
            throw new AssertionError("unexpected " + send.packet() + "\n" + network.ladder());
        }
        timer.sent(0, network.nanos());
        network.toClient("OACK", client::receivesOack);
    }

    /** True when the end of the content came and the core did not know where it is. */
    private boolean sendBlocks(SendBlocks blocks) {
        timer.sent(blocks.last(), network.nanos());
        for (long block = blocks.first(); block <= blocks.last(); block++) {
            int offset = (int) terms.offsetOf(block);
            int length = Math.min(terms.blockSize(), content.length - offset);
            int wireNumber = terms.wireNumber(block);
            ByteBuffer payload = ByteBuffer.wrap(content, offset, length);
            dataSent++;
            boolean[] delivered = {false};
            network.toClient("DATA " + wireNumber + " (" + length + ")", () -> {
                boolean first = !delivered[0];
                delivered[0] = true;
                client.receivesData(wireNumber, payload, first);
            });
            if (length < terms.blockSize()) {
                return !sizeKnown;
            }
        }
        return false;
    }

    private void arm(int retries) {
        long mine = ++armed;
        network.after(timer.delayNanos(retries), () -> {
            if (mine == armed && outcome == null) {
                boolean early = timer.firedEarly();
                network.note("(server's timer" + (early ? ", early)" : ")"));
                step(new Input.TimerFired(early));
            }
        });
    }
}
