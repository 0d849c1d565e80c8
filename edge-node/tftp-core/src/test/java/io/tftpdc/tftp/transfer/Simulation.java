package io.tftpdc.tftp.transfer;

import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.TftpPacket.Ack;
import io.tftpdc.tftp.packet.TftpPacket.ReadRequest;
import io.tftpdc.tftp.packet.TransferMode;
import io.tftpdc.tftp.transfer.Action.Accept;
import io.tftpdc.tftp.transfer.Action.ArmTimer;
import io.tftpdc.tftp.transfer.Action.Commit;
import io.tftpdc.tftp.transfer.Action.Finish;
import io.tftpdc.tftp.transfer.Action.Send;
import io.tftpdc.tftp.transfer.Action.SendBlocks;
import io.tftpdc.tftp.transfer.Input.PacketReceived;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One read over a network that loses, doubles, delays and so reorders packets, on a virtual clock: a twenty-minute
 * transfer takes milliseconds. Everything random comes from one seed. The last packets are kept as a ladder for the
 * message of a failing test.
 */
final class Simulation {

    /** How bad the network is: three probabilities from 0 to 1, and the usual delay in milliseconds. */
    record Network(double loss, double duplication, double reordering, int delay) {}

    private static final int LADDER_LINES = 60;
    private static final int MOST_EVENTS = 2_000_000;

    private record Scheduled(long at, long order, Runnable event) {}

    private final Random random;
    private final Network network;
    private final byte[] content;
    private final TransferTerms terms;
    private final boolean sizeKnown;
    private final PriorityQueue<Scheduled> queue = new PriorityQueue<>(
            (a, b) -> a.at() != b.at() ? Long.compare(a.at(), b.at()) : Long.compare(a.order(), b.order()));
    private final Deque<String> ladder = new ArrayDeque<>();
    private final SimulatedClient client;
    private long now;
    private long order;

    private @Nullable ReadState state;
    private @Nullable TransferOutcome outcome;
    private long serverTimer;

    Simulation(Random random, Network network, byte[] content, TransferTerms terms, boolean sizeKnown) {
        this.random = random;
        this.network = network;
        this.content = content;
        this.terms = terms;
        this.sizeKnown = sizeKnown;
        this.client = new SimulatedClient(this, terms, random.nextBoolean());
    }

    /** What a packet looks like on the simulated wire; DATA carries its bytes. */
    sealed interface Wire {
        record Request() implements Wire {}

        record Oack() implements Wire {}

        record AckOf(BlockNumber block) implements Wire {}

        record DataOf(BlockNumber block, ByteBuffer payload) implements Wire {}
    }

    /** Runs to the end of the server's side and returns how it ended. */
    TransferOutcome run() {
        client.start();
        for (int events = 0; outcome == null; events++) {
            Scheduled next = queue.poll();
            if (next == null || events > MOST_EVENTS) {
                throw new AssertionError("the transfer neither ends nor moves\n" + ladder());
            }
            now = next.at();
            next.event().run();
        }
        return outcome;
    }

    boolean receivedWhole() {
        return Arrays.equals(client.received(), content);
    }

    Progress progress() {
        return state == null ? Progress.NONE : state.progress();
    }

    String ladder() {
        return "the last packets, client on the left:\n" + String.join("\n", ladder);
    }

    void after(long millis, Runnable event) {
        queue.add(new Scheduled(now + millis, order++, event));
    }

    void toServer(Wire packet) {
        transmit(packet, "──►", "──X", () -> serverReceives(packet));
    }

    private void toClient(Wire packet) {
        transmit(packet, "◄──", "X──", () -> client.receives(packet));
    }

    private void transmit(Wire packet, String arrives, String lost, Runnable delivery) {
        int copies = random.nextDouble() < network.loss() ? 0 : random.nextDouble() < network.duplication() ? 2 : 1;
        note("%8d ms  %s %s%s".formatted(now, copies == 0 ? lost : arrives, text(packet), copies == 2 ? " twice" : ""));
        for (int i = 0; i < copies; i++) {
            boolean overtaken = random.nextDouble() < network.reordering();
            after(network.delay() * (overtaken ? 2L + random.nextInt(4) : 1L), delivery);
        }
    }

    private void serverReceives(Wire packet) {
        if (packet instanceof Wire.Request && state == null) {
            TransferSize size = sizeKnown ? new TransferSize(content.length) : TransferSize.UNKNOWN;
            carryOut(ReadTransfer.start(terms, size));
        } else {
            serverStep(new PacketReceived(
                    packet instanceof Wire.AckOf ack
                            ? new Ack(ack.block())
                            : new ReadRequest("f", TransferMode.OCTET, List.of())));
        }
    }

    private void serverStep(Input input) {
        if (state != null) {
            carryOut(ReadTransfer.step(state, input));
        }
    }

    private void carryOut(Step<ReadState> step) {
        state = step.next();
        boolean ended = false;
        for (Action action : new ArrayList<>(step.actions())) {
            switch (action) {
                case Send send -> toClient(new Wire.Oack());
                case SendBlocks blocks -> ended = sendBlocks(blocks);
                case ArmTimer arm -> {
                    long mine = ++serverTimer;
                    after(terms.retransmit().delay(arm.retries()).toMillis(), () -> {
                        if (mine == serverTimer && outcome == null) {
                            note("%8d ms      (server's timer)".formatted(now));
                            serverStep(new Input.TimerFired(false));
                        }
                    });
                }
                case Accept accept -> throw new AssertionError("a read accepts nothing");
                case Commit commit -> throw new AssertionError("a read commits nothing");
                case Finish finish -> outcome = finish.outcome();
            }
        }
        if (ended && outcome == null) {
            serverStep(new Input.SourceEnded(content.length));
        }
    }

    /** True when the end of the content came and the core did not know where it is. */
    private boolean sendBlocks(SendBlocks blocks) {
        for (long block = blocks.first(); block <= blocks.last(); block++) {
            int offset = (int) terms.offsetOf(block);
            int length = Math.min(terms.blockSize(), content.length - offset);
            toClient(new Wire.DataOf(BlockNumber.of(block), ByteBuffer.wrap(content, offset, length)));
            if (length < terms.blockSize()) {
                return !sizeKnown;
            }
        }
        return false;
    }

    private void note(String line) {
        ladder.add(line);
        if (ladder.size() > LADDER_LINES) {
            ladder.remove();
        }
    }

    private static String text(Wire packet) {
        return switch (packet) {
            case Wire.Request request -> "RRQ";
            case Wire.Oack oack -> "OACK";
            case Wire.AckOf ack -> "ACK " + ack.block().value();
            case Wire.DataOf data ->
                "DATA " + data.block().value() + " (" + data.payload().remaining() + ")";
        };
    }
}
