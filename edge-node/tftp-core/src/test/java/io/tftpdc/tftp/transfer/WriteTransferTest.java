package io.tftpdc.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.ErrorCode;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.packet.TftpPacket.WriteRequest;
import io.tftpdc.tftp.packet.TransferMode;
import io.tftpdc.tftp.transfer.Input.PacketReceived;
import io.tftpdc.tftp.transfer.WriteState.Aborted;
import io.tftpdc.tftp.transfer.WriteState.Completed;
import io.tftpdc.tftp.transfer.WriteState.Receiving;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The protocol in lockstep. In the ladders time runs down, the client is on the left, and X marks a lost packet. */
class WriteTransferTest {

    private static final String OACK_OF_4 = "OACK blksize=100 windowsize=4";
    private static final Input SAME_REQUEST =
            new PacketReceived(new WriteRequest("up/x", TransferMode.OCTET, List.of()));
    private static final Input COMMITTED = new Input.Committed();

    /**
     * <pre>
     * WRQ ──────────────►
     *     ◄────────────── ACK 0
     * DATA 1 (512) ─────►
     *     ◄────────────── ACK 1
     * DATA 2 (88) ──────►
     *                     (durable)
     *     ◄────────────── ACK 2
     *                     (stays for a while)
     * </pre>
     */
    @Test
    void aShortBlockEndsTheFileAndItsAckFollowsTheCommit() {
        WriteLockstep transfer = WriteLockstep.plainWrite()
                .does("ACK 0", "timer 1000")
                .onData(1)
                .does("accept 1 (512)", "ACK 1", "timer 1000")
                .onData(2, 88)
                .does("accept 2 (88)", "commit")
                .on(COMMITTED)
                .does("ACK 2", "timer 2000")
                .onTimer()
                .does("timer 4000")
                .onTimer()
                .does("Completed");
        assertThat(transfer.state()).isEqualTo(new Completed(new Progress(600, 0)));
    }

    @Test
    void anEmptyFileIsOneEmptyBlock() {
        WriteLockstep.plainWrite()
                .onData(1, 0)
                .does("accept 1 (0)", "commit")
                .on(COMMITTED)
                .does("ACK 1", "timer 2000");
    }

    @Test
    void aSizeThatIsAMultipleOfTheBlockEndsWithAnEmptyBlock() {
        WriteLockstep.plainWrite().onData(1).onData(2, 0).does("accept 2 (0)", "commit");
    }

    /**
     * <pre>
     * DATA 2 (88) ──────►
     * DATA 2 (88) ──────►  (we still commit: nothing, and it is not stored twice)
     *                     (durable)
     *           X───────── ACK 2
     * DATA 2 (88) ──────►
     *     ◄────────────── ACK 2
     * </pre>
     */
    @Test
    void repeatsOfTheLastBlockAreSwallowedWhileCommittingAndAnsweredAfterwards() {
        WriteLockstep transfer = WriteLockstep.plainWrite()
                .onData(1)
                .onData(2, 88)
                .onData(2, 88)
                .doesNothing()
                .onTimer()
                .doesNothing()
                .on(COMMITTED)
                .does("ACK 2", "timer 2000")
                .onData(2, 88)
                .does("ACK 2")
                .onData(1)
                .doesNothing()
                .onTimer()
                .does("timer 4000")
                .onData(2, 88)
                .does("ACK 2")
                .onTimer()
                .does("Completed")
                .onData(2, 88)
                .doesNothing();
        assertThat(transfer.state().progress()).isEqualTo(new Progress(600, 2));
    }

    /**
     * <pre>
     * DATA 1 ───────────►
     *           X───────── ACK 1
     * DATA 1 ───────────►  (at once: the network doubled it, or our ACK is still on its way; nothing)
     *                     (timer)
     *     ◄────────────── ACK 1
     * DATA 2 ───────────►
     * </pre>
     */
    @Test
    void lostAckIsRecoveredByTheTimer() {
        WriteLockstep.plainWrite()
                .onData(1)
                .onData(1)
                .doesNothing()
                .onTimer()
                .does("ACK 1", "timer 2000")
                .onData(2)
                .does("accept 2 (512)", "ACK 2", "timer 1000");
    }

    /**
     * <pre>
     *           X───────── ACK 1
     *                     (timer)
     *           X───────── ACK 1
     * DATA 1 ───────────►  (the client's timer)
     *     ◄────────────── ACK 1
     * DATA 1 ───────────►  (the network doubled it: nothing, until our timer has run out again)
     * </pre>
     */
    @Test
    void aRepeatedBlockIsAnsweredOnceEachTimeTheTimerHasRunOut() {
        WriteLockstep.plainWrite()
                .onData(1)
                .onTimer()
                .does("ACK 1", "timer 2000")
                .onData(1)
                .does("ACK 1")
                .onData(1)
                .doesNothing()
                .onTimer()
                .does("ACK 1", "timer 4000")
                .onData(1)
                .does("ACK 1");
    }

    /**
     * <pre>
     * DATA 1 ───────────►
     * DATA 1 ───────────►  (the network doubled it)
     *     ◄────────────── ACK 1    (once: with two, an old client would send everything twice from here on)
     * </pre>
     */
    @Test
    void aDoubledBlockIsAcknowledgedOnce() {
        WriteLockstep.plainWrite()
                .onData(1)
                .does("accept 1 (512)", "ACK 1", "timer 1000")
                .onData(1)
                .doesNothing()
                .onData(2)
                .does("accept 2 (512)", "ACK 2", "timer 1000")
                .onData(1)
                .doesNothing()
                .onData(2)
                .doesNothing();
    }

    /**
     * <pre>
     * WRQ ──────────────►
     *           X───────── OACK
     * WRQ ──────────────►
     *     ◄────────────── OACK
     * DATA 1 ───────────►
     * WRQ ──────────────►  (late: nothing)
     * </pre>
     */
    @Test
    void lostOackIsRepeatedForARepeatedRequestAndByTheTimer() {
        WriteLockstep.write(100, 4)
                .does(OACK_OF_4, "timer 1000")
                .on(SAME_REQUEST)
                .does(OACK_OF_4)
                .onTimer()
                .does(OACK_OF_4, "timer 2000")
                .onData(1)
                .does("accept 1 (100)", "timer 1000")
                .on(SAME_REQUEST)
                .doesNothing();
    }

    /**
     * <pre>
     * DATA 1, 2, 3, 4 ──►
     *     ◄────────────── ACK 4
     * DATA 5, 6 (50) ───►
     *                     (durable)
     *     ◄────────────── ACK 6
     * </pre>
     */
    @Test
    void aWindowIsAcknowledgedAtItsEndAndTheLastBlockWhereverItIs() {
        WriteLockstep.write(100, 4)
                .onData(1)
                .does("accept 1 (100)")
                .onData(2)
                .does("accept 2 (100)")
                .onData(3)
                .does("accept 3 (100)")
                .onData(4)
                .does("accept 4 (100)", "ACK 4", "timer 1000")
                .onData(5)
                .does("accept 5 (100)")
                .onData(6, 50)
                .does("accept 6 (50)", "commit")
                .on(COMMITTED)
                .does("ACK 6", "timer 2000");
    }

    /**
     * <pre>
     * DATA 1, 2 ────────►
     * DATA 3 ──────X
     * DATA 4 ───────────►
     *     ◄────────────── ACK 2
     * DATA 3, 4, 5, 6 ──►
     *     ◄────────────── ACK 6
     * </pre>
     */
    @Test
    void aGapIsAcknowledgedAtOnceAndTheWindowFollowsIt() {
        WriteLockstep.write(100, 4)
                .onData(1)
                .onData(2)
                .onData(4)
                .does("ACK 2", "timer 1000")
                .onData(3)
                .does("accept 3 (100)")
                .onData(4)
                .does("accept 4 (100)")
                .onData(5)
                .does("accept 5 (100)")
                .onData(6)
                .does("accept 6 (100)", "ACK 6", "timer 1000");
    }

    /**
     * <pre>
     * DATA 1 ──────X
     * DATA 2 ───────────►
     *           X───────── ACK 0 (as OACK)
     * DATA 3, 4, 2, 3 ──►  (nothing: one answer for four packets beyond the gap)
     * DATA 4 ───────────►
     *     ◄────────────── OACK
     * </pre>
     */
    @Test
    void furtherPacketsBeyondAGapAreAnsweredOncePerWindow() {
        WriteLockstep.write(100, 4)
                .onData(2)
                .does(OACK_OF_4, "timer 1000")
                .onData(3)
                .doesNothing()
                .onData(4)
                .doesNothing()
                .onData(2)
                .doesNothing()
                .onData(3)
                .does(OACK_OF_4, "timer 1000");
    }

    /**
     * <pre>
     * DATA 1, 2, 3, 4 ──►
     *           X───────── ACK 4
     *                     (early timer, twice)
     *     ◄────────────── ACK 4
     *     ◄────────────── ACK 4
     *                     (early timers: that is enough)
     *                     (timer)
     *     ◄────────────── ACK 4
     * </pre>
     */
    @Test
    void theEarlyTimerAsksTwice() {
        WriteLockstep.write(100, 4)
                .onData(1)
                .onData(2)
                .onData(3)
                .onData(4)
                .onEarlyTimer()
                .does("ACK 4", "timer 1000")
                .onEarlyTimer()
                .does("ACK 4", "timer 1000")
                .onEarlyTimer()
                .does("timer 1000")
                .onTimer()
                .does("ACK 4", "timer 2000")
                .onEarlyTimer()
                .does("timer 2000")
                .onData(5)
                .does("accept 5 (100)", "timer 1000")
                .onEarlyTimer()
                .does("ACK 5", "timer 1000");
    }

    /**
     * <pre>
     * DATA 1, 2, 3 ─────►
     * DATA 4 ──────X
     *                     (timer)
     *     ◄────────────── ACK 3
     * DATA 4, 5, 6, 7 ──►
     *     ◄────────────── ACK 7
     * </pre>
     */
    @Test
    void aLostEndOfAWindowIsRecoveredByTheTimerAndTheWindowFollowsTheAck() {
        WriteLockstep.write(100, 4)
                .onData(1)
                .onData(2)
                .onData(3)
                .onTimer()
                .does("ACK 3", "timer 2000")
                .onData(4)
                .does("accept 4 (100)", "timer 1000")
                .onData(5)
                .onData(6)
                .does("accept 6 (100)")
                .onData(7)
                .does("accept 7 (100)", "ACK 7", "timer 1000");
    }

    @Test
    void blocksFromAnywhereElseAreIgnored() {
        WriteLockstep.plainWrite()
                .onData(0)
                .doesNothing()
                .onData(2)
                .doesNothing()
                .onData(65535)
                .doesNothing()
                .onData(1)
                .onData(3)
                .doesNothing();
        WriteLockstep.write(100, 4).onData(5).doesNothing().onData(0).doesNothing();
    }

    @Test
    void packetsThatHaveNoBusinessInAWriteAreIgnored() {
        for (TftpPacket packet : List.of(
                new TftpPacket.Ack(new BlockNumber(1)),
                new TftpPacket.OptionAck(List.of()),
                new TftpPacket.ReadRequest("x", TransferMode.OCTET, List.of()))) {
            Input input = new PacketReceived(packet);
            WriteLockstep.plainWrite().on(input).doesNothing();
            WriteLockstep.plainWrite().onData(1, 5).on(input).doesNothing();
            WriteLockstep.plainWrite().onData(1, 5).on(COMMITTED).on(input).doesNothing();
        }
    }

    /** RFC 2349: the size is known before the first byte. */
    @Test
    void aFileAnnouncedTooLargeIsRefusedAtOnce() {
        WriteLockstep transfer = WriteLockstep.write(512, 1, 1000, new TftpOption("tsize", "1001"))
                .does("ERROR 3 the file has 1001 bytes or more; allowed are 1000", "Failed");
        assertThat(transfer.state()).isInstanceOf(Aborted.class);
        WriteLockstep.write(512, 1, 1000, new TftpOption("tsize", "1000")).does("OACK tsize=1000", "timer 1000");
    }

    @Test
    void aFileThatGrowsTooLargeIsRefusedWhenItDoes() {
        WriteLockstep.write(512, 1, 1000, new TftpOption("blksize", "512"))
                .onData(1)
                .onData(2, 488)
                .does("accept 2 (488)", "commit");
        WriteLockstep.write(512, 1, 1000, new TftpOption("blksize", "512"))
                .onData(1)
                .onData(2, 489)
                .does("ERROR 3 the file has 1001 bytes or more; allowed are 1000", "Failed");
    }

    @Test
    void aBlockLargerThanAgreedIsRefused() {
        WriteLockstep.plainWrite().onData(1, 513).does("ERROR 4 a block of 513 bytes; agreed were 512", "Failed");
    }

    @Test
    void whatCannotBeStoredIsToldToTheClientWithItsCode() {
        Input full = new Input.CommitFailed(ErrorCode.DISK_FULL, "the quota of the tenant is used up");
        String[] refused = {"ERROR 3 the quota of the tenant is used up", "Failed"};
        WriteLockstep.plainWrite()
                .onData(1, 5)
                .on(full)
                .does(refused)
                .on(COMMITTED)
                .doesNothing();
        WriteLockstep.plainWrite().onData(1).on(full).does(refused);
        WriteLockstep.plainWrite()
                .onData(1)
                .on(new Input.SourceFailed("the disk is gone"))
                .does("ERROR 0 the disk is gone", "Failed");
    }

    @Test
    void anErrorAbortsAndIsNeverAnswered() {
        WriteLockstep.plainWrite().onError(3).does("AbortedByClient").onError(3).doesNothing();
        WriteLockstep.write(100, 4).onError(8).does("AbortedByClient");
        WriteLockstep.plainWrite()
                .onData(1, 5)
                .onError(0)
                .does("AbortedByClient")
                .on(COMMITTED)
                .doesNothing();
    }

    @Test
    void afterTheLastAckNothingCanMakeTheUploadFail() {
        for (Input input : List.of(new Input.Cancelled("the server is stopping"), new Input.Replaced())) {
            WriteLockstep.plainWrite().onData(1, 5).on(COMMITTED).on(input).does("Completed");
        }
        WriteLockstep.plainWrite().onData(1, 5).on(COMMITTED).onError(0).does("Completed");
    }

    @Test
    void aStoppingServerTellsItsClients() {
        Input stopping = new Input.Cancelled("the server is stopping");
        WriteLockstep.plainWrite().on(stopping).does("ERROR 0 the server is stopping", "Cancelled");
        WriteLockstep.plainWrite().onData(1, 5).on(stopping).does("ERROR 0 the server is stopping", "Cancelled");
    }

    @Test
    void aTransferThatAnotherReplacesEndsWithoutAWord() {
        WriteLockstep.plainWrite().onData(1).on(new Input.Replaced()).does("AbortedByClient");
        WriteLockstep.plainWrite().onData(1, 5).on(new Input.Replaced()).does("AbortedByClient");
    }

    @Test
    void aSilentClientIsGivenUpWhenTheRetriesAreSpent() {
        WriteLockstep.plainWrite()
                .onTimer()
                .does("ACK 0", "timer 2000")
                .onTimer()
                .does("ACK 0", "timer 4000")
                .onTimer()
                .does("TimedOut");
    }

    @Test
    void progressGivesTheClientAllItsRetriesBack() {
        WriteLockstep.plainWrite()
                .onTimer()
                .onTimer()
                .onData(1)
                .does("accept 1 (512)", "ACK 1", "timer 1000")
                .onTimer()
                .does("ACK 1", "timer 2000");
    }

    @Test
    void aClientThatWentSilentInTheMiddleIsStalled() {
        WriteLockstep transfer = WriteLockstep.plainWrite();
        assertThat(receiving(transfer.onTimer()).stalled())
                .as("not before the first block")
                .isFalse();
        assertThat(receiving(transfer.onData(1)).stalled()).isFalse();
        assertThat(receiving(transfer.onTimer()).stalled()).isTrue();
    }

    /**
     * <pre>
     * DATA 65535 ───────►
     *     ◄────────────── ACK 65535
     * DATA 0 ───────────►
     *     ◄────────────── ACK 0
     * DATA 1 ───────────►
     *     ◄────────────── ACK 1
     * </pre>
     */
    @Test
    void blockNumbersRollOverToZero() {
        WriteLockstep transfer = WriteLockstep.plainWrite();
        for (int block = 1; block <= 70_000; block++) {
            transfer.onData(block & 0xFFFF).does("accept " + block + " (512)", "ACK " + (block & 0xFFFF), "timer 1000");
        }
        transfer.onData(70_001 & 0xFFFF, 3)
                .does("accept 70001 (3)", "commit")
                .on(COMMITTED)
                .does("ACK 4465", "timer 2000");
    }

    private static Receiving receiving(WriteLockstep transfer) {
        return (Receiving) transfer.state();
    }
}
