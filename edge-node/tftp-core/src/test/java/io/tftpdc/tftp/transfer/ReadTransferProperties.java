package io.tftpdc.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.tftp.SeededCases;
import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.BlockRollover;
import io.tftpdc.tftp.packet.RandomPackets;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.transfer.Action.ArmTimer;
import io.tftpdc.tftp.transfer.Action.Finish;
import io.tftpdc.tftp.transfer.Action.Send;
import io.tftpdc.tftp.transfer.Action.SendBlocks;
import io.tftpdc.tftp.transfer.Input.PacketReceived;
import io.tftpdc.tftp.transfer.ReadState.Aborted;
import io.tftpdc.tftp.transfer.ReadState.AwaitingOptionAck;
import io.tftpdc.tftp.transfer.ReadState.Completed;
import io.tftpdc.tftp.transfer.ReadState.SendingWindow;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever comes in, in whatever state, {@code step} has an answer that keeps the protocol's promises. */
class ReadTransferProperties {

    private static final int STEPS = 200;

    @Test
    void stepIsTotalAndKeepsItsPromisesUnderAnyInput() {
        SeededCases.check(3_000, random -> {
            TransferTerms terms = terms(random);
            TransferSize size = random.nextBoolean() ? TransferSize.UNKNOWN : new TransferSize(random.nextInt(5000));
            Step<ReadState> step = ReadTransfer.start(terms, size);
            for (int i = 0; i < STEPS; i++) {
                ReadState before = step.next();
                Input input = input(random, before);
                step = ReadTransfer.step(before, input);
                checkPromises(before, input, step);
            }
        });
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
            TransferSize size = new TransferSize(random.nextInt(20_000));
            Input agreed = new PacketReceived(new TftpPacket.Ack(BlockNumber.ZERO));
            Step<ReadState> one = ReadTransfer.start(plain, size);
            Step<ReadState> other =
                    ReadTransfer.step(ReadTransfer.start(windowOfOne, size).next(), agreed);
            for (int i = 0; i < STEPS; i++) {
                assertThat(other.actions()).isEqualTo(one.actions());
                Input input = input(random, one.next());
                one = ReadTransfer.step(one.next(), input);
                other = ReadTransfer.step(other.next(), input);
            }
        });
    }

    static void checkPromises(ReadState before, Input input, Step<ReadState> step) {
        ReadState after = step.next();
        List<Action> actions = step.actions();
        boolean wasOver = before instanceof Completed || before instanceof Aborted;
        boolean isOver = after instanceof Completed || after instanceof Aborted;

        if (wasOver) {
            assertThat(step).as("nothing happens after the end").isEqualTo(Step.stay(before));
            return;
        }
        assertThat(actions.stream().filter(Finish.class::isInstance).count())
                .as("exactly one Finish, when it ends")
                .isEqualTo(isOver ? 1 : 0);
        assertThat(after.progress().bytesAcknowledged())
                .as("what was acknowledged stays so")
                .isGreaterThanOrEqualTo(
                        input instanceof Input.SourceEnded
                                ? 0
                                : before.progress().bytesAcknowledged());
        if (isOver) {
            assertThat(actions.getLast()).isInstanceOf(Finish.class);
            assertThat(actions).noneMatch(ArmTimer.class::isInstance);
        } else if (input instanceof Input.TimerFired) {
            assertThat(actions).as("a timer that fired is set again").anyMatch(ArmTimer.class::isInstance);
        }
        if (input instanceof PacketReceived received && received.packet() instanceof TftpPacket.ErrorPacket) {
            assertThat(actions).as("an ERROR is never answered").hasOnlyElementsOfType(Finish.class);
        }
        if (before instanceof SendingWindow sending) {
            checkWindow(sending, input, after, actions);
        }
        for (Action action : actions) {
            if (action instanceof Send send) {
                assertThat(send.packet()).isInstanceOfAny(TftpPacket.OptionAck.class, TftpPacket.ErrorPacket.class);
            }
        }
    }

    private static void checkWindow(SendingWindow before, Input input, ReadState after, List<Action> actions) {
        TransferTerms terms = before.terms();
        List<SendBlocks> data = actions.stream()
                .filter(SendBlocks.class::isInstance)
                .map(SendBlocks.class::cast)
                .toList();
        assertThat(data).as("one run of blocks at most").hasSizeLessThanOrEqualTo(1);
        boolean duplicateAck = input instanceof PacketReceived received
                && received.packet() instanceof TftpPacket.Ack ack
                && ack.block().equals(BlockNumber.of(before.acknowledged()));
        if (duplicateAck && terms.windowSize() == 1) {
            assertThat(actions).as("RFC 1123 section 4.2.3.1").isEmpty();
        }
        if (after instanceof SendingWindow now) {
            assertThat(now.sent()).isBetween(now.acknowledged(), now.acknowledged() + terms.windowSize());
            for (SendBlocks blocks : data) {
                assertThat(blocks.last() - blocks.first() + 1)
                        .as("never more than a window")
                        .isLessThanOrEqualTo(terms.windowSize());
                assertThat(blocks.last()).as("all that may be out is out").isEqualTo(now.sent());
                assertThat(blocks.first())
                        .as("new blocks, or the window again, or its last block again")
                        .isIn(before.sent() + 1, now.acknowledged() + 1, before.sent());
            }
        }
    }

    private static TransferTerms terms(Random random) {
        int blockSize = 8 + random.nextInt(600);
        int windowSize = random.nextBoolean() ? 1 : 1 + random.nextInt(20);
        List<TftpOption> oack =
                random.nextBoolean() ? List.of() : List.of(new TftpOption("blksize", Integer.toString(blockSize)));
        return new TransferTerms(blockSize, windowSize, Lockstep.TWO_RETRIES, BlockRollover.TO_ZERO, oack);
    }

    private static Input input(Random random, ReadState state) {
        return switch (random.nextInt(20)) {
            case 0, 1 -> new Input.TimerFired(random.nextInt(3) == 0);
            case 2 ->
                random.nextInt(10) == 0
                        ? random.nextBoolean() ? new Input.Cancelled("enough") : new Input.Replaced()
                        : new Input.TimerFired(random.nextInt(3) == 0);
            case 3 ->
                random.nextInt(10) == 0 ? new Input.SourceFailed("gone") : new Input.TimerFired(random.nextInt(3) == 0);
            case 4 ->
                random.nextInt(5) == 0
                        ? new Input.SourceEnded(random.nextInt(5000))
                        : new Input.TimerFired(random.nextInt(3) == 0);
            case 5 ->
                random.nextInt(4) == 0
                        ? new PacketReceived(RandomPackets.packet(random))
                        : new PacketReceived(new TftpPacket.Ack(new BlockNumber(random.nextInt(0x10000))));
            // Mostly ACKs near the window, or hardly any transfer would get anywhere.
            default -> new PacketReceived(new TftpPacket.Ack(nearby(random, state)));
        };
    }

    private static BlockNumber nearby(Random random, ReadState state) {
        return switch (state) {
            case SendingWindow sending ->
                BlockNumber.of(Math.max(0, sending.sent() + (random.nextInt(3) == 0 ? random.nextInt(9) - 6 : 0)));
            case AwaitingOptionAck awaiting -> new BlockNumber(random.nextInt(2));
            case Completed over -> BlockNumber.ZERO;
            case Aborted over -> BlockNumber.ZERO;
        };
    }
}
