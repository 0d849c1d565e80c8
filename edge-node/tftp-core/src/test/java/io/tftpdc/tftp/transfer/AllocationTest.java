package io.tftpdc.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.tftpdc.tftp.packet.BlockRollover;
import io.tftpdc.tftp.packet.TftpPacketCodec;
import io.tftpdc.tftp.transfer.ReadState.SendingWindow;
import io.tftpdc.tftp.transfer.WriteState.Receiving;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The ordinary packet makes no object: not one, in a hundred thousand. */
class AllocationTest {

    private static final int PACKETS = 100_000;
    private static final TransferTerms TERMS =
            new TransferTerms(512, 8, RetransmitPolicy.DEFAULT, BlockRollover.TO_ZERO, List.of());

    @Test
    void anAckOfAWindowAllocatesNothing() {
        SteadyRead steady = new SteadyRead(TERMS);
        RetransmitTimer timer = RetransmitTimer.forRead(TERMS);
        steady.enter((SendingWindow)
                ReadTransfer.start(TERMS, new TransferSize(Long.MAX_VALUE / 2)).next());
        assertAllocatesNothing(i -> {
            int header = TftpPacketCodec.ackHeader(TERMS.wireNumber(steady.last()));
            int block = TftpPacketCodec.ackBlock(header);
            if (!steady.acknowledged(block)) {
                throw new AssertionError("not the ordinary course");
            }
            long now = i * 1_000_000L;
            timer.acknowledged(steady.acknowledged(), now);
            timer.sent(steady.last(), now);
            return timer.delayNanos(0) + TftpPacketCodec.dataHeader(TERMS.wireNumber(steady.first()));
        });
    }

    @Test
    void aBlockInOrderAllocatesNothing() {
        SteadyWrite steady = new SteadyWrite(TERMS);
        RetransmitTimer timer = RetransmitTimer.forWrite(TERMS);
        steady.enter((Receiving) WriteTransfer.start(TERMS, Long.MAX_VALUE).next());
        assertAllocatesNothing(i -> {
            int header = TftpPacketCodec.dataHeader(TERMS.wireNumber(steady.accepted() + 1));
            if (!steady.received(TftpPacketCodec.dataBlock(header), 512)) {
                throw new AssertionError("not the ordinary course");
            }
            if (steady.acknowledge() == SteadyWrite.NOTHING) {
                return 0;
            }
            timer.replied(steady.accepted(), i * 1_000_000L);
            return timer.delayNanos(0) + TftpPacketCodec.ackHeader(steady.acknowledge());
        });
    }

    @Test
    void aTimerThatFiresAllocatesNothing() {
        RetransmitTimer timer = RetransmitTimer.forRead(TERMS);
        assertAllocatesNothing(i -> {
            timer.sent(i, i);
            timer.acknowledged(i, i + 1);
            timer.delayNanos(0);
            timer.firedEarly();
            return timer.delayNanos(i % 9);
        });
    }

    private interface Packet {
        long handle(int i);
    }

    private static void assertAllocatesNothing(Packet packet) {
        assumeTrue(
                ManagementFactory.getThreadMXBean() instanceof ThreadMXBean bean
                        && bean.isThreadAllocatedMemorySupported(),
                "this virtual machine does not count what a thread allocates");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long sum = 0;
        for (int i = 0; i < 1_000; i++) {
            sum += packet.handle(i);
        }
        threads.getCurrentThreadAllocatedBytes();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 1_000; i < PACKETS; i++) {
            sum += packet.handle(i);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(sum).isNotZero();
        assertThat(allocated).as("bytes for %s packets", PACKETS).isLessThan(10_000);
    }
}
