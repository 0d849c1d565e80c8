package io.tftpdc.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.packet.TftpPacket.ReadRequest;
import io.tftpdc.tftp.packet.TransferMode;
import io.tftpdc.tftp.transfer.Action.SendBlocks;
import io.tftpdc.tftp.transfer.Input.PacketReceived;
import io.tftpdc.tftp.transfer.ReadState.Completed;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The protocol in lockstep. In the ladders time runs down, the client is on the left, and X marks a lost packet. */
class ReadTransferTest {

    private static final String OACK = "OACK blksize=512 windowsize=1";
    private static final String OACK_OF_4 = "OACK blksize=100 windowsize=4";
    private static final Input SAME_REQUEST =
            new PacketReceived(new ReadRequest("boot/x", TransferMode.OCTET, List.of()));

    /**
     * <pre>
     * RRQ ──────────────►
     *     ◄────────────── DATA 1 (512)
     * ACK 1 ────────────►
     *     ◄────────────── DATA 2 (88)
     * ACK 2 ────────────►
     * </pre>
     */
    @Test
    void aShortBlockEndsTheTransfer() {
        Lockstep.plainRead(600)
                .does("DATA 1 [0,512)", "timer 1000")
                .onAck(1)
                .does("DATA 2 [512,600)", "timer 1000")
                .onAck(2)
                .does("Completed");
    }

    /**
     * <pre>
     *     ◄────────────── DATA 2 (512)
     * ACK 2 ────────────►
     *     ◄────────────── DATA 3 (0)
     * ACK 3 ────────────►
     * </pre>
     */
    @Test
    void aSizeThatIsAMultipleOfTheBlockEndsWithAnEmptyBlock() {
        Lockstep.plainRead(1024)
                .onAck(1)
                .onAck(2)
                .does("DATA 3 [1024,1024)", "timer 1000")
                .onAck(3)
                .does("Completed");
    }

    @Test
    void anEmptyFileIsOneEmptyBlock() {
        Lockstep.plainRead(0).does("DATA 1 [0,0)", "timer 1000").onAck(1).does("Completed");
    }

    /**
     * <pre>
     *     ◄────────────── DATA 1
     * ACK 1 ──────X
     *                     (timer)
     *     ◄────────────── DATA 1
     * ACK 1 ────────────►
     *     ◄────────────── DATA 2
     * </pre>
     */
    @Test
    void lostAckIsRecoveredByTheTimer() {
        Lockstep.plainRead(600)
                .onTimer()
                .does("DATA 1 [0,512)", "timer 2000")
                .onAck(1)
                .does("DATA 2 [512,600)", "timer 1000");
    }

    /**
     * <pre>
     * ACK 1 ────────────►
     *          X────────── DATA 2
     * ACK 1 ────────────►  (nothing: RFC 1123, only the timer repeats)
     *                     (timer)
     *     ◄────────────── DATA 2
     * </pre>
     */
    @Test
    void lostDataIsRecoveredByTheTimerAndNotByTheDuplicateAck() {
        Lockstep.plainRead(600)
                .onAck(1)
                .does("DATA 2 [512,600)", "timer 1000")
                .onAck(1)
                .doesNothing()
                .onTimer()
                .does("DATA 2 [512,600)", "timer 2000");
    }

    /**
     * <pre>
     *     ◄────────────── DATA 1
     *     ◄────────────── DATA 1    (the network doubled it)
     * ACK 1 ────────────►
     *     ◄────────────── DATA 2
     * ACK 1 ────────────►           (must not send DATA 2 twice: the sorcerer's apprentice)
     * </pre>
     */
    @Test
    void aDuplicateAckNeverSendsDataWhenTheWindowIsOneBlock() {
        Lockstep.plainRead(2000)
                .onAck(1)
                .does("DATA 2 [512,1024)", "timer 1000")
                .onAck(1)
                .doesNothing()
                .onAck(0)
                .doesNothing()
                .onAck(2)
                .does("DATA 3 [1024,1536)", "timer 1000");
    }

    /**
     * <pre>
     * RRQ ──────────────►
     *          X────────── OACK
     * RRQ ──────────────►
     *     ◄────────────── OACK
     * ACK 0 ────────────►
     *     ◄────────────── DATA 1
     * </pre>
     */
    @Test
    void lostOackIsRepeatedForARepeatedRequestAndByTheTimer() {
        Lockstep.read(100, 512, 1)
                .does(OACK, "timer 1000")
                .on(SAME_REQUEST)
                .does(OACK)
                .onTimer()
                .does(OACK, "timer 2000")
                .onAck(0)
                .does("DATA 1 [0,100)", "timer 1000");
    }

    @Test
    void aRepeatedRequestInTheMiddleDisturbsNothing() {
        Lockstep.plainRead(600)
                .on(SAME_REQUEST)
                .doesNothing()
                .onAck(1)
                .on(SAME_REQUEST)
                .doesNothing();
    }

    /**
     * <pre>
     * RRQ tsize=0 ──────►
     *     ◄────────────── OACK tsize=...
     * ERROR 8 ──────────►
     * </pre>
     */
    @Test
    void anErrorInAnswerToTheOackIsASizeProbe() {
        Lockstep.read(100, 512, 1).onError(8).does("Probe");
        Lockstep.read(100, 512, 1).onError(0).does("Probe");
    }

    @Test
    void anyOtherErrorAbortsAndIsNeverAnswered() {
        Lockstep.read(100, 512, 1).onError(3).does("AbortedByClient").onError(3).doesNothing();
        Lockstep.read(100, 512, 1).onAck(0).onError(8).does("AbortedByClient");
        Lockstep.plainRead(600).onAck(1).onError(0).does("AbortedByClient");
    }

    /**
     * <pre>
     *     ◄────────────── DATA 1, 2, 3, 4
     * ACK 4 ────────────►
     *     ◄────────────── DATA 5, 6
     * ACK 6 ────────────►
     * </pre>
     */
    @Test
    void aWindowIsSentPerAck() {
        Lockstep.read(550, 100, 4)
                .does(OACK_OF_4, "timer 1000")
                .onAck(0)
                .does("DATA 1 [0,100)", "DATA 2 [100,200)", "DATA 3 [200,300)", "DATA 4 [300,400)", "timer 1000")
                .onAck(4)
                .does("DATA 5 [400,500)", "DATA 6 [500,550)", "timer 1000")
                .onAck(6)
                .does("Completed");
    }

    /**
     * <pre>
     *     ◄────────────── DATA 1, 2
     *          X────────── DATA 3
     *     ◄────────────── DATA 4
     * ACK 2 ────────────►
     *     ◄────────────── DATA 3, 4, 5, 6
     * ACK 2 ────────────►  (the client answered once more: nothing, or every ACK would cost a window)
     * ACK 6 ────────────►
     * </pre>
     */
    @Test
    void aGapInAWindowRestartsAfterTheAcknowledgedBlock() {
        Lockstep transfer = Lockstep.read(10_000, 100, 4)
                .onAck(0)
                .onAck(2)
                .does("DATA 3 [200,300)", "DATA 4 [300,400)", "DATA 5 [400,500)", "DATA 6 [500,600)", "timer 1000")
                .onAck(2)
                .doesNothing()
                .onAck(6);
        assertThat(transfer.state().progress()).isEqualTo(new Progress(600, 2));
    }

    /**
     * <pre>
     *          X────────── DATA 5
     *     ◄────────────── DATA 6, 7, 8
     * ACK 4 ────────────►
     *     ◄────────────── DATA 5, 6, 7, 8
     * ACK 4 ────────────►  (nothing)
     *                     (timer)
     *     ◄────────────── DATA 5, 6, 7, 8
     * </pre>
     */
    @Test
    void whenTheFirstBlockOfAWindowIsLostTheAckBeforeItRestartsTheWindowOnce() {
        Lockstep.read(10_000, 100, 4)
                .onAck(0)
                .onAck(4)
                .does("DATA 5 [400,500)", "DATA 6 [500,600)", "DATA 7 [600,700)", "DATA 8 [700,800)", "timer 1000")
                .onAck(4)
                .does("DATA 5 [400,500)", "DATA 6 [500,600)", "DATA 7 [600,700)", "DATA 8 [700,800)", "timer 1000")
                .onAck(4)
                .doesNothing()
                .onTimer()
                .does("DATA 5 [400,500)", "DATA 6 [500,600)", "DATA 7 [600,700)", "DATA 8 [700,800)", "timer 2000");
    }

    /**
     * <pre>
     *     ◄────────────── DATA 1, 2, 3, 4
     *                     (timer, too early)
     *     ◄────────────── DATA 1, 2, 3, 4
     * ACK 4 ────────────►
     *     ◄────────────── DATA 5, 6, 7, 8
     * ACK 4 ────────────►  (the answer to the second DATA 1: nothing)
     * ACK 8 ────────────►
     *     ◄────────────── DATA 9, 10, 11, 12
     * ACK 8 ────────────►  (from here on a gap is a gap again)
     *     ◄────────────── DATA 9, 10, 11, 12
     * </pre>
     */
    @Test
    void aWindowSentTwiceDoesNotDoubleTheNextOnes() {
        String[] third = {
            "DATA 9 [800,900)", "DATA 10 [900,1000)", "DATA 11 [1000,1100)", "DATA 12 [1100,1200)", "timer 1000"
        };
        Lockstep.read(10_000, 100, 4)
                .onAck(0)
                .onTimer()
                .does("DATA 1 [0,100)", "DATA 2 [100,200)", "DATA 3 [200,300)", "DATA 4 [300,400)", "timer 2000")
                .onAck(4)
                .does("DATA 5 [400,500)", "DATA 6 [500,600)", "DATA 7 [600,700)", "DATA 8 [700,800)", "timer 1000")
                .onAck(4)
                .doesNothing()
                .onAck(8)
                .does(third)
                .onAck(8)
                .does(third);
    }

    /**
     * <pre>
     * ACK 2 ────────────►
     *     ◄────────────── DATA 3, 4, 5, 6
     * ACK 4 ────────────►  (the end of the second window, to a client that counts them from the start)
     *     ◄────────────── DATA 7, 8
     * ACK 8 ────────────►
     *     ◄────────────── DATA 9, 10, 11, 12
     * </pre>
     */
    @Test
    void aClientThatCountsItsWindowsFromTheStartGetsOnlyNewBlocksForTheirEnd() {
        Lockstep.read(10_000, 100, 4)
                .onAck(0)
                .onAck(2)
                .onAck(4)
                .does("DATA 7 [600,700)", "DATA 8 [700,800)", "timer 1000")
                .onAck(8)
                .does(
                        "DATA 9 [800,900)",
                        "DATA 10 [900,1000)",
                        "DATA 11 [1000,1100)",
                        "DATA 12 [1100,1200)",
                        "timer 1000");
    }

    /**
     * <pre>
     * ACK 2 ────────────►
     *     ◄────────────── DATA 3, 4, 5, 6
     * ACK 6 ────────────►  (this client counts its windows from its ACKs)
     *     ◄────────────── DATA 7, 8, 9, 10
     * ACK 7 ────────────►
     *     ◄────────────── DATA 8, 9, 10, 11
     * ACK 8 ────────────►  (so this is a gap)
     *     ◄────────────── DATA 9, 10, 11, 12
     * </pre>
     */
    @Test
    void aClientThatCountsItsWindowsFromItsAcksReportsGapsAnywhere() {
        Lockstep.read(10_000, 100, 4)
                .onAck(0)
                .onAck(2)
                .onAck(6)
                .does("DATA 7 [600,700)", "DATA 8 [700,800)", "DATA 9 [800,900)", "DATA 10 [900,1000)", "timer 1000")
                .onAck(7)
                .does("DATA 8 [700,800)", "DATA 9 [800,900)", "DATA 10 [900,1000)", "DATA 11 [1000,1100)", "timer 1000")
                .onAck(8)
                .does(
                        "DATA 9 [800,900)",
                        "DATA 10 [900,1000)",
                        "DATA 11 [1000,1100)",
                        "DATA 12 [1100,1200)",
                        "timer 1000");
    }

    /**
     * <pre>
     *          X────────── DATA 3
     * ACK 2 ────────────►
     *     ◄────────────── DATA 3, 4
     *          X────────── DATA 6        (one of those that repaired the gap)
     * ACK 5 ────────────►
     *     ◄────────────── DATA 6, 7, 8, 9
     * </pre>
     */
    @Test
    void aGapInTheWindowThatRepairsAGapRestartsItAgain() {
        Lockstep.read(10_000, 100, 4)
                .onAck(0)
                .onAck(2)
                .onAck(5)
                .does("DATA 6 [500,600)", "DATA 7 [600,700)", "DATA 8 [700,800)", "DATA 9 [800,900)", "timer 1000");
    }

    /**
     * <pre>
     *     ◄────────────── DATA 1 to 16
     * ACK 1 ────────────►  (the network reorders)
     *     ◄────────────── DATA 2 to 17
     * ACK 2, 3, 4 ──────►
     *     ◄────────────── DATA 3 to 18, 4 to 19, 5 to 20
     * ACK 5 ────────────►  (nobody loses so much: it is our repeats that are acknowledged)
     *     ◄────────────── DATA 21
     * </pre>
     */
    @Test
    void gapsWithoutEndRestartTheWindowOnlySoOften() {
        Lockstep transfer = Lockstep.read(100_000, 100, 16).onAck(0);
        for (int block = 1; block <= 4; block++) {
            assertThat(transfer.onAck(block).actions().getFirst()).isEqualTo(new SendBlocks(block + 1, block + 16));
        }
        assertThat(transfer.onAck(5).actions().getFirst()).isEqualTo(new SendBlocks(21, 21));
        assertThat(transfer.onAck(7).actions().getFirst()).isEqualTo(new SendBlocks(22, 23));
        transfer.onAck(23).onAck(25);
        assertThat(transfer.actions().getFirst())
                .as("past all that was repeated a gap is a gap again")
                .isEqualTo(new SendBlocks(26, 41));
    }

    /**
     * <pre>
     *     ◄────────────── DATA 1, 2, 3
     *          X────────── DATA 4
     *                     (early timer)
     *     ◄────────────── DATA 4
     * ACK 4 ────────────►
     *     ◄────────────── DATA 5, 6, 7, 8
     * </pre>
     */
    @Test
    void theLostEndOfAWindowIsRecoveredByAProbe() {
        Lockstep.read(10_000, 100, 4)
                .onAck(0)
                .onEarlyTimer()
                .does("DATA 4 [300,400)", "timer 1000")
                .onAck(4)
                .does("DATA 5 [400,500)", "DATA 6 [500,600)", "DATA 7 [600,700)", "DATA 8 [700,800)", "timer 1000");
    }

    /**
     * <pre>
     *     ◄────────────── DATA 1, 2, 3, 4
     *                     (early timer, too early)
     *     ◄────────────── DATA 4
     * ACK 4 ────────────►
     *     ◄────────────── DATA 5, 6, 7, 8
     * ACK 4 ────────────►  (the answer to the probe: nothing)
     * ACK 8 ────────────►
     * </pre>
     */
    @Test
    void theAnswerToAProbeThatWasTooEarlyRestartsNothing() {
        Lockstep.read(10_000, 100, 4)
                .onAck(0)
                .onEarlyTimer()
                .onAck(4)
                .onAck(4)
                .doesNothing()
                .onAck(8)
                .does(
                        "DATA 9 [800,900)",
                        "DATA 10 [900,1000)",
                        "DATA 11 [1000,1100)",
                        "DATA 12 [1100,1200)",
                        "timer 1000");
    }

    /**
     * <pre>
     *          X────────── DATA 2
     *     ◄────────────── DATA 1, 3, 4
     * ACK 1 ──────X
     *                     (early timer)
     *     ◄────────────── DATA 4
     * ACK 1 ────────────►
     *     ◄────────────── DATA 2, 3, 4, 5
     * ACK 1 ────────────►  (the client answers each packet beyond a gap: nothing)
     * </pre>
     */
    @Test
    void aGapWhoseAckWasLostIsToldInAnswerToAProbe() {
        String[] again = {"DATA 2 [100,200)", "DATA 3 [200,300)", "DATA 4 [300,400)", "DATA 5 [400,500)", "timer 1000"};
        Lockstep.read(10_000, 100, 4)
                .onAck(0)
                .onEarlyTimer()
                .onAck(1)
                .does(again)
                .onAck(1)
                .doesNothing();
        Lockstep.read(10_000, 100, 4)
                .onAck(0)
                .onEarlyTimer()
                .onAck(0)
                .does("DATA 1 [0,100)", "DATA 2 [100,200)", "DATA 3 [200,300)", "DATA 4 [300,400)", "timer 1000");
    }

    /**
     * <pre>
     *     ◄────────────── DATA 1, 2, 3, 4
     *                     (early timer, twice)
     *     ◄────────────── DATA 4
     *     ◄────────────── DATA 4
     *                     (early timer)
     *     ◄────────────── DATA 1, 2, 3, 4
     *                     (early timer: the client may have needed them, and be silent nevertheless)
     *     ◄────────────── DATA 4
     *                     (timer)
     *     ◄────────────── DATA 1, 2, 3, 4
     * </pre>
     */
    @Test
    void whenProbesAreNotAnsweredTheWindowIsSentAgain() {
        String[] window = {"DATA 1 [0,100)", "DATA 2 [100,200)", "DATA 3 [200,300)", "DATA 4 [300,400)", "timer 1000"};
        String[] probe = {"DATA 4 [300,400)", "timer 1000"};
        Lockstep transfer = Lockstep.read(10_000, 100, 4)
                .onAck(0)
                .onEarlyTimer()
                .does(probe)
                .onEarlyTimer()
                .does(probe)
                .onEarlyTimer()
                .does(window)
                .onEarlyTimer()
                .does(probe)
                .onEarlyTimer()
                .does(window);
        assertThat(sending(transfer).retries()).as("nothing of this is a retry").isZero();
        transfer.onTimer()
                .does("DATA 1 [0,100)", "DATA 2 [100,200)", "DATA 3 [200,300)", "DATA 4 [300,400)", "timer 2000");
        assertThat(transfer.state().progress()).isEqualTo(new Progress(0, 3 + 3 * 4));
    }

    /**
     * <pre>
     *                     (timer)
     *     ◄────────────── DATA 1, 2, 3, 4   (again)
     * ACK 2 ────────────►  (an answer to a repeat, or a gap)
     *     ◄────────────── DATA 5, 6
     *                     (early timer)
     *     ◄────────────── DATA 6
     *                     (early timer: so it was a gap)
     *     ◄────────────── DATA 3, 4, 5, 6
     * </pre>
     */
    @Test
    void anAckThatWasLetPassWasAGapIfTheClientStaysSilentAfterAProbe() {
        Lockstep.read(10_000, 100, 4)
                .onAck(0)
                .onTimer()
                .onAck(2)
                .does("DATA 5 [400,500)", "DATA 6 [500,600)", "timer 1000")
                .onEarlyTimer()
                .does("DATA 6 [500,600)", "timer 1000")
                .onEarlyTimer()
                .does("DATA 3 [200,300)", "DATA 4 [300,400)", "DATA 5 [400,500)", "DATA 6 [500,600)", "timer 1000");
    }

    /**
     * <pre>
     * ACK 2 ────────────►
     *     ◄────────────── DATA 3, 4
     *          X────────── DATA 5
     *     ◄────────────── DATA 6
     * ACK 4 ────────────►  (a gap that looks like the end of the second window)
     *     ◄────────────── DATA 7, 8
     *                     (early timer)
     *     ◄────────────── DATA 8
     *                     (early timer: the client has said all it had to say)
     *     ◄────────────── DATA 5, 6, 7, 8
     * </pre>
     */
    @Test
    void aGapAtTheEndOfAWindowAsSomeCountThemIsToldBySilence() {
        Lockstep.read(10_000, 100, 4)
                .onAck(0)
                .onAck(2)
                .onAck(4)
                .does("DATA 7 [600,700)", "DATA 8 [700,800)", "timer 1000")
                .onEarlyTimer()
                .does("DATA 8 [700,800)", "timer 1000")
                .onEarlyTimer()
                .does("DATA 5 [400,500)", "DATA 6 [500,600)", "DATA 7 [600,700)", "DATA 8 [700,800)", "timer 1000");
    }

    /**
     * <pre>
     *                     (early timer)
     *     ◄────────────── DATA 4
     * ACK 4 ────────────►
     *          X────────── DATA 5
     *     ◄────────────── DATA 6, 7, 8
     * ACK 4 ────────────►  (the answer to the probe, or a gap)
     *                     (early timer)
     *     ◄────────────── DATA 8
     *                     (early timer: a gap)
     *     ◄────────────── DATA 5, 6, 7, 8
     * </pre>
     */
    @Test
    void aGapAfterAProbeIsToldBySilence() {
        Lockstep.read(10_000, 100, 4)
                .onAck(0)
                .onEarlyTimer()
                .onAck(4)
                .onAck(4)
                .doesNothing()
                .onEarlyTimer()
                .does("DATA 8 [700,800)", "timer 1000")
                .onEarlyTimer()
                .does("DATA 5 [400,500)", "DATA 6 [500,600)", "DATA 7 [600,700)", "DATA 8 [700,800)", "timer 1000");
    }

    @Test
    void aWindowOfOneBlockIsItsOwnProbe() {
        Lockstep.plainRead(600)
                .onEarlyTimer()
                .does("DATA 1 [0,512)", "timer 1000")
                .onAck(1)
                .does("DATA 2 [512,600)", "timer 1000")
                .onAck(1)
                .doesNothing()
                .onEarlyTimer()
                .does("DATA 2 [512,600)", "timer 1000")
                .onTimer()
                .does("DATA 2 [512,600)", "timer 2000");
    }

    @Test
    void anOackSentTwiceDoesNotSendTheFirstWindowTwice() {
        Lockstep.read(10_000, 100, 4)
                .on(SAME_REQUEST)
                .onAck(0)
                .does("DATA 1 [0,100)", "DATA 2 [100,200)", "DATA 3 [200,300)", "DATA 4 [300,400)", "timer 1000")
                .onAck(0)
                .doesNothing();
    }

    @Test
    void anAckOfABlockNeverSentIsIgnored() {
        Lockstep.read(10_000, 100, 4)
                .onAck(0)
                .onAck(5)
                .doesNothing()
                .onAck(65535)
                .doesNothing();
        Lockstep.plainRead(600).onAck(2).doesNothing();
        Lockstep.read(100, 512, 1).onAck(1).doesNothing();
    }

    @Test
    void packetsThatHaveNoBusinessInAReadAreIgnored() {
        for (TftpPacket packet : List.of(
                new TftpPacket.Data(new BlockNumber(1), ByteBuffer.allocate(3)),
                new TftpPacket.OptionAck(List.of()),
                new TftpPacket.WriteRequest("x", TransferMode.OCTET, List.of()))) {
            Lockstep.read(100, 512, 1).on(new PacketReceived(packet)).doesNothing();
            Lockstep.plainRead(100).on(new PacketReceived(packet)).doesNothing();
        }
    }

    @Test
    void aSilentClientIsGivenUpWhenTheRetriesAreSpent() {
        Lockstep.plainRead(600)
                .onTimer()
                .does("DATA 1 [0,512)", "timer 2000")
                .onTimer()
                .does("DATA 1 [0,512)", "timer 4000")
                .onTimer()
                .does("TimedOut");
        Lockstep.read(100, 512, 1)
                .onTimer()
                .onTimer()
                .does(OACK, "timer 4000")
                .onTimer()
                .does("TimedOut");
    }

    @Test
    void progressGivesTheClientAllItsRetriesBack() {
        Lockstep.plainRead(2000)
                .onTimer()
                .onTimer()
                .onAck(1)
                .does("DATA 2 [512,1024)", "timer 1000")
                .onTimer()
                .does("DATA 2 [512,1024)", "timer 2000");
    }

    @Test
    void contentThatCannotBeHadIsToldToTheClient() {
        Lockstep.plainRead(600)
                .on(new Input.SourceFailed("chunk 3 is nowhere"))
                .does("ERROR 0 chunk 3 is nowhere", "Failed")
                .onAck(1)
                .doesNothing();
        Lockstep.read(100, 512, 1).on(new Input.SourceFailed("gone")).does("ERROR 0 gone", "Failed");
    }

    @Test
    void aStoppingServerTellsItsClients() {
        Lockstep.plainRead(600)
                .on(new Input.Cancelled("the server is stopping"))
                .does("ERROR 0 the server is stopping", "Cancelled");
    }

    /**
     * <pre>
     *     ◄────────────── DATA 65535
     * ACK 65535 ────────►
     *     ◄────────────── DATA 0
     * ACK 0 ────────────►
     *     ◄────────────── DATA 1
     * </pre>
     */
    @Test
    void blockNumbersRollOverToZero() {
        Lockstep transfer = Lockstep.plainRead(70_000L * 512);
        for (int block = 1; block <= 70_000; block++) {
            assertThat(transfer.actions().getFirst()).isEqualTo(new SendBlocks(block, block));
            transfer.onAck(block & 0xFFFF);
        }
        transfer.does("DATA 4465 [35840000,35840000)", "timer 1000")
                .onAck(70_001 & 0xFFFF)
                .does("Completed");
    }

    @Test
    void aGapAcrossTheRolloverRestartsAtTheRightOffset() {
        Lockstep transfer = Lockstep.read(100L * 65_600, 100, 4).onAck(0);
        for (int block = 4; block <= 65_532; block += 4) {
            transfer.onAck(block);
        }
        transfer.does(
                        "DATA 65533 [6553200,6553300)",
                        "DATA 65534 [6553300,6553400)",
                        "DATA 65535 [6553400,6553500)",
                        "DATA 0 [6553500,6553600)",
                        "timer 1000")
                .onAck(65_534)
                .does(
                        "DATA 65535 [6553400,6553500)",
                        "DATA 0 [6553500,6553600)",
                        "DATA 1 [6553600,6553700)",
                        "DATA 2 [6553700,6553800)",
                        "timer 1000")
                .onAck(1)
                .does(
                        "DATA 2 [6553700,6553800)",
                        "DATA 3 [6553800,6553900)",
                        "DATA 4 [6553900,6554000)",
                        "DATA 5 [6554000,6554100)",
                        "timer 1000")
                .onAck(5)
                .does(
                        "DATA 6 [6554100,6554200)",
                        "DATA 7 [6554200,6554300)",
                        "DATA 8 [6554300,6554400)",
                        "DATA 9 [6554400,6554500)",
                        "timer 1000");
    }

    /** Netascii: how many bytes travel is known only when the translation reaches its end. */
    @Test
    void anUnknownSizeIsSettledWhenTheSourceEnds() {
        Lockstep transfer = Lockstep.read(TransferSize.UNKNOWN, 100, 4)
                .onAck(0)
                .does("DATA 1 [0,100)", "DATA 2 [100,200)", "DATA 3 [200,300)", "DATA 4 [300,400)", "timer 1000")
                .on(new Input.SourceEnded(130))
                .doesNothing()
                .onAck(3)
                .doesNothing()
                .onAck(1)
                .does("DATA 2 [100,130)", "timer 1000")
                .onAck(2)
                .does("Completed");
        assertThat(transfer.state()).isEqualTo(new Completed(new Progress(130, 1)));
    }

    @Test
    void aSourceThatShrinksBelowWhatWasAcknowledgedFailsTheTransfer() {
        Lockstep.read(TransferSize.UNKNOWN, 100, 1)
                .onAck(0)
                .onAck(1)
                .on(new Input.SourceEnded(30))
                .does("ERROR 0 the file became shorter while it was sent", "Failed");
    }

    @Test
    void aTransferThatAnotherReplacesEndsWithoutAWord() {
        Lockstep.plainRead(600).on(new Input.Replaced()).does("AbortedByClient");
        Lockstep.read(100, 512, 1).on(new Input.Replaced()).does("AbortedByClient");
    }

    @Test
    void aClientThatWentSilentInTheMiddleIsStalled() {
        Lockstep transfer = Lockstep.plainRead(600);
        assertThat(sending(transfer.onTimer()).stalled())
                .as("not before the first ACK")
                .isFalse();
        assertThat(sending(transfer.onAck(1)).stalled()).isFalse();
        assertThat(sending(transfer.onTimer()).stalled()).isTrue();
    }

    private static ReadState.SendingWindow sending(Lockstep transfer) {
        return (ReadState.SendingWindow) transfer.state();
    }
}
