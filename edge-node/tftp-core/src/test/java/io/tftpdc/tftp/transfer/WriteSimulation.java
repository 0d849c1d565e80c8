package io.tftpdc.tftp.transfer;

import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.TftpPacket.Ack;
import io.tftpdc.tftp.packet.TftpPacket.Data;
import io.tftpdc.tftp.packet.TftpPacket.OptionAck;
import io.tftpdc.tftp.packet.TftpPacket.WriteRequest;
import io.tftpdc.tftp.packet.TransferMode;
import io.tftpdc.tftp.transfer.Action.Accept;
import io.tftpdc.tftp.transfer.Action.ArmTimer;
import io.tftpdc.tftp.transfer.Action.Commit;
import io.tftpdc.tftp.transfer.Action.Finish;
import io.tftpdc.tftp.transfer.Action.Send;
import io.tftpdc.tftp.transfer.Action.SendBlocks;
import io.tftpdc.tftp.transfer.Input.PacketReceived;
import io.tftpdc.tftp.transfer.WriteState.Receiving;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One write over a simulated network. The server's side is a shell as thin as can be around {@link WriteTransfer},
 * {@link RetransmitTimer} and, where the seed says so, {@link SteadyWrite}; a commit takes its time.
 */
final class WriteSimulation {

    private final Network network;
    private final byte[] content;
    private final TransferTerms terms;
    private final SimulatedWriter client;
    private final @Nullable SteadyWrite steady;
    private final RetransmitTimer timer;
    private final long commitNanos;
    private final ByteArrayOutputStream stored = new ByteArrayOutputStream();

    private @Nullable WriteState state;
    private @Nullable TransferOutcome outcome;
    private @Nullable ByteBuffer payload;
    private long accepted;
    private boolean committing;
    private boolean durable;
    private long armed;
    private long acksSent;

    WriteSimulation(
            Random random,
            Network.Quality quality,
            byte[] content,
            TransferTerms terms,
            SimulatedWriter.Habit habit,
            int clientRepeats) {
        this.network = new Network(random, quality);
        this.content = content;
        this.terms = terms;
        this.client = new SimulatedWriter(this, content, terms, habit, clientRepeats);
        this.steady = random.nextBoolean() ? new SteadyWrite(terms) : null;
        this.timer = RetransmitTimer.forWrite(terms);
        this.commitNanos = random.nextLong(3_000_000_000L);
    }

    /** Runs to the end of the server's side and returns how it ended. */
    TransferOutcome run() {
        client.start();
        while (outcome == null) {
            network.runNext();
        }
        return outcome;
    }

    boolean storedWhole() {
        return durable && Arrays.equals(stored.toByteArray(), content);
    }

    Network network() {
        return network;
    }

    SimulatedWriter client() {
        return client;
    }

    /** ACK and OACK packets sent, repeats included. */
    long acksSent() {
        return acksSent;
    }

    void request() {
        network.toServer("WRQ", () -> {
            if (state == null) {
                carryOut(WriteTransfer.start(terms, content.length));
            } else {
                step(new PacketReceived(new WriteRequest("f", TransferMode.OCTET, List.of())));
            }
        });
    }

    void data(int wireNumber, ByteBuffer bytes) {
        network.toServer("DATA " + wireNumber + " (" + bytes.remaining() + ")", () -> {
            if (steady != null && steady.entered() && steady.received(wireNumber, bytes.remaining())) {
                state = steady.state();
                store(bytes, steady.accepted());
                if (steady.acknowledge() != SteadyWrite.NOTHING) {
                    send(new Send(new Ack(new BlockNumber(steady.acknowledge()))));
                    arm(0);
                }
            } else {
                payload = bytes;
                step(new PacketReceived(new Data(new BlockNumber(wireNumber), bytes)));
                payload = null;
            }
        });
    }

    private void store(ByteBuffer bytes, long block) {
        if (block != ++accepted || committing) {
            throw new AssertionError("block " + block + " is not the next one\n" + network.ladder());
        }
        stored.write(bytes.array(), bytes.position(), bytes.remaining());
    }

    private void step(Input input) {
        if (state != null && outcome == null) {
            carryOut(WriteTransfer.step(state, input));
        }
    }

    private void carryOut(Step<WriteState> step) {
        state = step.next();
        if (steady != null) {
            if (state instanceof Receiving receiving) {
                steady.enter(receiving);
            } else {
                steady.leave();
            }
        }
        for (Action action : step.actions()) {
            switch (action) {
                case Accept accept -> accept(accept);
                case Send send -> send(send);
                case Commit commit -> commit();
                case ArmTimer arm -> arm(arm.retries());
                case SendBlocks blocks -> throw new AssertionError("a write sends no DATA");
                case Finish finish -> outcome = finish.outcome();
            }
        }
    }

    private void accept(Accept accept) {
        if (payload == null || payload.remaining() != accept.length()) {
            throw new AssertionError("nothing to accept\n" + network.ladder());
        }
        store(payload, accept.block());
    }

    private void commit() {
        if (committing) {
            throw new AssertionError("a second commit\n" + network.ladder());
        }
        committing = true;
        network.after(commitNanos, () -> {
            durable = true;
            network.note("(durable)");
            step(new Input.Committed());
        });
    }

    private void send(Send send) {
        acksSent++;
        switch (send.packet()) {
            case Ack ack -> {
                int wireNumber = ack.block().value();
                if (!durable
                        && stored.size() == content.length
                        && wireNumber == terms.wireNumber(client.blocks())
                        && committing) {
                    throw new AssertionError("the last ACK before the file is durable\n" + network.ladder());
                }
                network.toClient("ACK " + wireNumber, () -> client.receivesAck(wireNumber));
            }
            case OptionAck oack -> network.toClient("OACK", client::receivesOack);
            default -> throw new AssertionError("unexpected " + send.packet() + "\n" + network.ladder());
        }
        if (state instanceof Receiving receiving) {
            timer.replied(receiving.accepted(), network.nanos());
        }
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
