package io.tftpdc.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.tftp.SeededCases;
import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.BlockRollover;
import io.tftpdc.tftp.packet.ErrorCode;
import io.tftpdc.tftp.packet.RandomPackets;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.packet.TftpPacket.Ack;
import io.tftpdc.tftp.packet.TftpPacket.ErrorPacket;
import io.tftpdc.tftp.packet.TftpPacket.OptionAck;
import io.tftpdc.tftp.packet.TransferMode;
import io.tftpdc.tftp.transfer.Action.Accept;
import io.tftpdc.tftp.transfer.Action.ArmTimer;
import io.tftpdc.tftp.transfer.Action.Commit;
import io.tftpdc.tftp.transfer.Action.Finish;
import io.tftpdc.tftp.transfer.Action.Send;
import io.tftpdc.tftp.transfer.Action.SendBlocks;
import io.tftpdc.tftp.transfer.Input.PacketReceived;
import io.tftpdc.tftp.transfer.WriteState.Aborted;
import io.tftpdc.tftp.transfer.WriteState.Committing;
import io.tftpdc.tftp.transfer.WriteState.Completed;
import io.tftpdc.tftp.transfer.WriteState.Dallying;
import io.tftpdc.tftp.transfer.WriteState.Receiving;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whatever comes in, in whatever state, {@code step} has an answer that keeps the protocol's promises. */
class WriteTransferProperties {

    private static final int STEPS = 200;

    @Test
    void stepIsTotalAndKeepsItsPromisesUnderAnyInput() {
        Set<Class<?>> reached = new HashSet<>();
        SeededCases.check(3_000, random -> {
            TransferTerms terms = terms(random);
            Step<WriteState> step = WriteTransfer.start(terms, random.nextInt(30_000));
            for (int i = 0; i < STEPS; i++) {
                WriteState before = step.next();
                Input input = input(random, before);
                step = WriteTransfer.step(before, input);
                checkPromises(before, input, step);
                reached.add(step.next().getClass());
            }
        });
        assertThat(reached.size()).isEqualTo(Long.getLong("seed") == null ? 5 : reached.size());
    }

    /** RFC 7440 section 4: windowsize 1 changes nothing but the OACK. */
    @Test
    void aWindowOfOneBlockIsRfc1350() {
        SeededCases.check(1_000, random -> {
            TransferTerms plain = TransferTerms.plain(Lockstep.TWO_RETRIES);
            TransferTerms windowOfOne = new TransferTerms(
                    512,
                    1,
                    Lockstep.TWO_RETRIES,
                    BlockRollover.TO_ZERO,
                    List.of(new TftpOption(TftpOption.WINDOWSIZE, "1")));
            Input first = new PacketReceived(data(1, 512));
            Step<WriteState> one =
                    WriteTransfer.step(WriteTransfer.start(plain, 100_000).next(), first);
            Step<WriteState> other =
                    WriteTransfer.step(WriteTransfer.start(windowOfOne, 100_000).next(), first);
            for (int i = 0; i < STEPS; i++) {
                assertThat(other.actions()).isEqualTo(one.actions());
                Input input = input(random, one.next());
                one = WriteTransfer.step(one.next(), input);
                other = WriteTransfer.step(other.next(), input);
            }
        });
    }

    static void checkPromises(WriteState before, Input input, Step<WriteState> step) {
        WriteState after = step.next();
        List<Action> actions = step.actions();
        boolean isOver = after instanceof Completed || after instanceof Aborted;
        if (before instanceof Completed || before instanceof Aborted) {
            assertThat(step).as("nothing happens after the end").isEqualTo(Step.stay(before));
            return;
        }
        assertThat(count(actions, Finish.class)).as("one Finish, when it ends").isEqualTo(isOver ? 1 : 0);
        if (isOver) {
            assertThat(actions.getLast()).isInstanceOf(Finish.class);
            assertThat(actions).noneMatch(ArmTimer.class::isInstance);
        } else if (input instanceof Input.TimerFired && !(before instanceof Committing)) {
            assertThat(actions).as("a timer that fired is set again").anyMatch(ArmTimer.class::isInstance);
        }
        assertThat(actions).noneMatch(SendBlocks.class::isInstance);
        if (input instanceof PacketReceived received && received.packet() instanceof ErrorPacket) {
            assertThat(actions).as("an ERROR is never answered").hasOnlyElementsOfType(Finish.class);
        }
        assertThat(after.progress().bytesAcknowledged())
                .as("what was accepted stays so")
                .isGreaterThanOrEqualTo(before.progress().bytesAcknowledged());
        checkAccepts(before, input, after, actions);
        checkAnswers(before, input, after, actions);
        if (before instanceof Dallying) {
            assertThat(after).as("a durable file stays one").isNotInstanceOf(Aborted.class);
        }
    }

    private static void checkAccepts(WriteState before, Input input, WriteState after, List<Action> actions) {
        List<Accept> accepts = actions.stream()
                .filter(Accept.class::isInstance)
                .map(Accept.class::cast)
                .toList();
        assertThat(accepts).hasSizeLessThanOrEqualTo(1);
        for (Accept accept : accepts) {
            assertThat(accept.block()).as("in order, exactly once").isEqualTo(((Receiving) before).accepted() + 1);
            assertThat(input).isInstanceOfSatisfying(PacketReceived.class, received -> assertThat(
                            ((TftpPacket.Data) received.packet()).payload().remaining())
                    .isEqualTo(accept.length()));
            assertThat(after.progress().bytesAcknowledged())
                    .isEqualTo(before.progress().bytesAcknowledged() + accept.length())
                    .isLessThanOrEqualTo(((Receiving) before).mostBytes());
        }
        assertThat(count(actions, Commit.class))
                .as("one commit, when the last block is accepted")
                .isEqualTo(before instanceof Receiving && after instanceof Committing ? 1 : 0);
    }

    private static void checkAnswers(WriteState before, Input input, WriteState after, List<Action> actions) {
        for (Action action : actions) {
            if (!(action instanceof Send send)) {
                continue;
            }
            switch (send.packet()) {
                case OptionAck oack ->
                    assertThat(((Receiving) after).accepted())
                            .as("the OACK answers only the request")
                            .isZero();
                case ErrorPacket error -> assertThat(after).isInstanceOf(Aborted.class);
                case Ack ack -> {
                    switch (after) {
                        case Receiving receiving -> {
                            int accepted = receiving.terms().wireNumber(receiving.accepted());
                            assertThat(ack.block().value())
                                    .as("what was accepted")
                                    .isEqualTo(accepted);
                        }
                        case Dallying dallying -> {
                            assertThat(ack.block().value())
                                    .isEqualTo(dallying.terms().wireNumber(dallying.lastBlock()));
                            assertThat(before instanceof Dallying || input instanceof Input.Committed)
                                    .as("the last ACK follows the commit")
                                    .isTrue();
                        }
                        case Committing committing -> throw new AssertionError("an ACK while committing");
                        case Completed over -> throw new AssertionError("an ACK after the end");
                        case Aborted over -> throw new AssertionError("an ACK after the end");
                    }
                }
                default -> throw new AssertionError("unexpected " + send.packet());
            }
        }
    }

    private static long count(List<Action> actions, Class<? extends Action> kind) {
        return actions.stream().filter(kind::isInstance).count();
    }

    private static TransferTerms terms(Random random) {
        int blockSize = 8 + random.nextInt(600);
        int windowSize = random.nextBoolean() ? 1 : 1 + random.nextInt(20);
        List<TftpOption> oack =
                random.nextBoolean() ? List.of() : List.of(new TftpOption("blksize", Integer.toString(blockSize)));
        BlockRollover rollover = random.nextBoolean() ? BlockRollover.TO_ZERO : BlockRollover.TO_ONE;
        return new TransferTerms(blockSize, windowSize, Lockstep.TWO_RETRIES, rollover, oack);
    }

    private static Input input(Random random, WriteState state) {
        return switch (random.nextInt(24)) {
            case 0, 1, 2 -> new Input.TimerFired(random.nextInt(3) > 0);
            case 3 ->
                switch (random.nextInt(40)) {
                    case 0 -> new Input.Cancelled("enough");
                    case 1 -> new Input.Replaced();
                    case 2 -> new Input.SourceFailed("gone");
                    case 3 -> new Input.SourceEnded(random.nextInt(5000));
                    case 4 -> new Input.CommitFailed(ErrorCode.DISK_FULL, "full");
                    default -> new Input.Committed();
                };
            case 4 ->
                new PacketReceived(
                        random.nextInt(20) == 0
                                ? RandomPackets.packet(random)
                                : new TftpPacket.WriteRequest("f", TransferMode.OCTET, List.of()));
            // Mostly DATA near the next block, or hardly any transfer would get anywhere.
            default -> new PacketReceived(nearby(random, state));
        };
    }

    private static TftpPacket.Data nearby(Random random, WriteState state) {
        return switch (state) {
            case Receiving receiving -> {
                TransferTerms terms = receiving.terms();
                long block = receiving.accepted() + 1 + (random.nextInt(3) == 0 ? random.nextInt(9) - 4 : 0);
                int length =
                        switch (random.nextInt(60)) {
                            case 0 -> random.nextInt(terms.blockSize());
                            case 1 -> terms.blockSize() + random.nextInt(3);
                            default -> terms.blockSize();
                        };
                yield data(terms.wireNumber(Math.max(0, block)), length);
            }
            case Committing committing -> data(committing.terms().wireNumber(committing.lastBlock()), 3);
            case Dallying dallying -> data(dallying.terms().wireNumber(dallying.lastBlock()) ^ random.nextInt(2), 3);
            case Completed over -> data(1, 3);
            case Aborted over -> data(1, 3);
        };
    }

    private static TftpPacket.Data data(int wireNumber, int length) {
        return new TftpPacket.Data(new BlockNumber(wireNumber), ByteBuffer.allocate(length));
    }
}
