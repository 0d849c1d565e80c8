package io.tftpdc.edge.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.tftpdc.edge.udp.Peer;
import io.tftpdc.edge.udp.UdpBatch;
import io.tftpdc.tftp.transfer.NegotiationPolicy;
import io.tftpdc.tftp.transfer.RetransmitPolicy;
import io.tftpdc.tftp.transfer.TransferSize;
import io.tftpdc.tftp.transfer.TransferTerms;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Blocks become messages, and messages that did not leave become blocks again; on a kernel that does what it is told. */
class BatchedBlockSenderTest {

    private static final int BLOCK = 100;
    private static final int LONGEST_SEGMENT = 1472;
    private static final int ERROR_TOO_LARGE = 90;
    private static final int ERROR_BAD_ADDRESS = 14;

    private final FakeKernel kernel = new FakeKernel();
    private final OutgoingMessages messages = new OutgoingMessages(kernel);
    private final ArrayDeque<OutgoingMessages.Sender> queue = new ArrayDeque<>();
    private final FakeBlocks blocks = new FakeBlocks();
    private final Peer peer = Peer.of(new InetSocketAddress("127.0.0.1", 1234), false);
    private BatchedBlockSender sender = new BatchedBlockSender(queue::add, blocks, peer, null, LONGEST_SEGMENT);

    /** As BatchedSocket does it; false when the socket is full. */
    private boolean flush() {
        while (!queue.isEmpty()) {
            while (kernel.hasRoom()) {
                OutgoingMessages.Sender next = queue.poll();
                if (next == null) {
                    break;
                }
                if (!next.addTo(messages)) {
                    queue.add(next);
                }
            }
            if (!messages.send(7, queue::add)) {
                return false;
            }
        }
        return true;
    }

    @Test
    void aWindowIsOneMessageThatTheKernelCuts() {
        sender.send(1, 8);

        assertThat(flush()).isTrue();
        assertThat(kernel.sent).containsExactly("1 2 3 4 5 6 7 8 cut at 104");
    }

    @Test
    void aSingleBlockIsNotCut() {
        sender.send(5, 5);

        flush();
        assertThat(kernel.sent).containsExactly("5");
    }

    @Test
    void aWindowLargerThanADatagramIsSeveralMessages() {
        sender.send(1, 130);

        flush();
        assertThat(kernel.sent).hasSize(3);
        assertThat(kernel.sent.getLast()).isEqualTo("129 130 cut at 104");
    }

    @Test
    void packetsTooLongForTheInterfaceAreMessagesOfTheirOwn() {
        sender = new BatchedBlockSender(queue::add, blocks, peer, null, BLOCK + 3);
        sender.send(1, 3);

        flush();
        assertThat(kernel.sent).containsExactly("1", "2", "3");
    }

    @Test
    void whatAFullSocketDidNotTakeIsSentWhenItHasRoomAgain() {
        kernel.takes(1, 11);
        sender.send(1, 130);

        assertThat(flush()).isFalse();
        assertThat(kernel.sent).containsExactly(blocksUpTo(64) + " cut at 104");
        assertThat(flush()).isTrue();
        assertThat(kernel.sent.getLast()).isEqualTo("129 130 cut at 104");
        assertThat(kernel.sent).hasSize(3);
    }

    @Test
    void aNewDecisionReplacesWhatIsStillWaiting() {
        kernel.takes(0, 11);
        sender.send(1, 8);
        flush();

        sender.send(4, 11); // the client has told meanwhile that it wants to go on at 4

        assertThat(flush()).isTrue();
        assertThat(kernel.sent).containsExactly("4 5 6 7 8 9 10 11 cut at 104");
    }

    @Test
    void whatFollowsJoinsWhatIsStillWaiting() {
        kernel.takes(0, 11);
        sender.send(1, 2);
        flush();

        sender.send(3, 4);

        flush();
        assertThat(kernel.sent).containsExactly("1 2 3 4 cut at 104");
    }

    /** A netascii source has forgotten where those began. */
    @Test
    void whatTheClientHasMeanwhileIsNotSentOnceMore() {
        kernel.takes(0, 11);
        sender.send(9, 16); // for the second time, into a full socket
        flush();

        sender.confirmed(16); // the first copies did arrive
        sender.send(17, 18);

        assertThat(flush()).isTrue();
        assertThat(kernel.sent).containsExactly("17 18 cut at 104");
    }

    @Test
    void aCancelledTransferSendsNothingMore() {
        kernel.takes(0, 11);
        sender.send(1, 8);
        flush();

        sender.cancel();

        assertThat(flush()).isTrue();
        assertThat(kernel.sent).isEmpty();
    }

    @Test
    void whereTheKernelCannotCutItIsAskedAgainBlockByBlock() {
        kernel.takes(0, ERROR_TOO_LARGE);
        sender.send(1, 3);

        flush();
        assertThat(kernel.sent).containsExactly("1", "2", "3");
        sender.send(4, 5);
        flush();
        assertThat(kernel.sent).containsExactly("1", "2", "3", "4", "5");
    }

    @Test
    void aPageThatIsGoneEndsTheTransferWithAReason() {
        kernel.takes(0, ERROR_BAD_ADDRESS);
        sender.send(1, 3);

        flush();
        assertThat(kernel.sent).isEmpty();
        assertThat(blocks.failure).isInstanceOf(UncheckedIOException.class).hasMessageContaining("cannot be read");
    }

    @Test
    void aBlockThatLiesInTwoPlacesIsGatheredAndOneInThreeIsCopied() {
        blocks.pieceBytes = 150;
        sender.send(1, 3);
        flush();
        assertThat(kernel.sent).containsExactly("1 2+ 3 cut at 104");

        kernel.sent.clear();
        blocks.pieceBytes = 40;
        sender.send(1, 2);
        flush();
        assertThat(kernel.sent).containsExactly("1*", "2*");
    }

    @Test
    void aSourceWithoutAddressesIsCopiedAndMayEndEarly() {
        blocks.pieceBytes = 0;
        blocks.size = TransferSize.UNKNOWN;
        blocks.bytes = 250;
        sender.send(1, 8);

        flush();
        assertThat(kernel.sent).containsExactly("1* 2* 3* cut at 104");
        assertThat(blocks.endedAt).isEqualTo(250);
    }

    private static String blocksUpTo(int last) {
        StringBuilder text = new StringBuilder();
        for (int block = 1; block <= last; block++) {
            text.append(block == 1 ? "" : " ").append(block);
        }
        return text.toString();
    }

    /** A file whose bytes lie at addresses of their own, in pieces. */
    private static final class FakeBlocks implements BlockSender.Blocks, DataSource {
        private static final long BASE = 1 << 20;
        TransferSize size = new TransferSize(1_000_000);
        long bytes = 1_000_000;
        int pieceBytes = 10_000_000;
        long endedAt = -1;

        @Nullable
        Throwable failure;

        @Override
        public TransferTerms terms() {
            return new TransferTerms(
                    BLOCK, 8, RetransmitPolicy.DEFAULT, NegotiationPolicy.DEFAULT.rollover(), List.of());
        }

        @Override
        public TransferSize size() {
            return size;
        }

        @Override
        public DataSource source() {
            return this;
        }

        @Override
        public void sourceEnded(long at) {
            endedAt = at;
        }

        @Override
        public void sourceFailed(Throwable cause) {
            failure = cause;
        }

        @Override
        public boolean resident(long offset, int length) {
            return true;
        }

        @Override
        public CompletionStage<Void> load(long offset, int length) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public int read(long offset, int length, ByteBuf into) {
            int there = (int) Math.min(length, bytes - offset);
            into.writeZero(there);
            return there;
        }

        @Override
        public long address(long offset) {
            return pieceBytes == 0 ? 0 : BASE + offset;
        }

        @Override
        public int contiguous(long offset) {
            return pieceBytes - (int) (offset % pieceBytes);
        }

        @Override
        public void acknowledged(long offset) {}

        @Override
        public void close() {}
    }

    /** Writes down what it is given: block numbers, {@code +} for a second piece, {@code *} for copied bytes. */
    private static final class FakeKernel implements UdpBatch {
        private static final long SCRATCH = 0;
        final List<String> sent = new ArrayList<>();
        private final List<StringBuilder> pending = new ArrayList<>();
        private int takesBeforeError = Integer.MAX_VALUE;
        private int error;
        private int failure;

        /** The next flush takes so many messages and then fails once. */
        void takes(int count, int errorNumber) {
            takesBeforeError = count;
            error = errorNumber;
        }

        private StringBuilder last() {
            return pending.getLast();
        }

        @Override
        public void begin(Peer to, @Nullable InetAddress source) {
            pending.add(new StringBuilder());
        }

        @Override
        public void data(int block, long address, int length) {
            last().append(last().isEmpty() ? "" : " ").append(block).append(address < FakeBlocks.BASE ? "*" : "");
        }

        @Override
        public void more(long address, int length) {
            last().append('+');
        }

        @Override
        public void segments(int bytes) {
            last().append(" cut at ").append(bytes);
        }

        @Override
        public int flush(int socket, int from) {
            for (int i = from; i < pending.size(); i++) {
                if (takesBeforeError-- == 0) {
                    failure = error;
                    return i;
                }
                sent.add(pending.get(i).toString());
            }
            return pending.size();
        }

        @Override
        public int failure() {
            return failure;
        }

        @Override
        public int messages() {
            return pending.size();
        }

        @Override
        public boolean hasRoom() {
            return pending.size() < MESSAGES;
        }

        @Override
        public void clear() {
            pending.clear();
        }

        @Override
        public ByteBuffer scratch(int length) {
            return ByteBuffer.allocateDirect(length);
        }

        @Override
        public long scratchAddress() {
            return SCRATCH;
        }

        @Override
        public void bytes(ByteBuffer source) {
            throw new AssertionError("only blocks are sent here");
        }

        @Override
        public int receive(int socket) {
            throw new AssertionError("nothing is received here");
        }

        @Override
        public boolean allowWaiting(int socket) {
            throw new AssertionError("nothing is received here");
        }

        @Override
        public int receiveWaiting(int socket, int atMost) {
            throw new AssertionError("nothing is received here");
        }

        @Override
        public int length(int i) {
            throw new AssertionError("nothing is received here");
        }

        @Override
        public int head(int i) {
            throw new AssertionError("nothing is received here");
        }

        @Override
        public long word0(int i) {
            throw new AssertionError("nothing is received here");
        }

        @Override
        public long word1(int i) {
            throw new AssertionError("nothing is received here");
        }

        @Override
        public long word2(int i) {
            throw new AssertionError("nothing is received here");
        }

        @Override
        public int word3(int i) {
            throw new AssertionError("nothing is received here");
        }

        @Override
        public ByteBuffer datagram(int i) {
            throw new AssertionError("nothing is received here");
        }

        @Override
        public InetSocketAddress sender(int i) {
            throw new AssertionError("nothing is received here");
        }

        @Override
        public @Nullable InetAddress destination(int i) {
            throw new AssertionError("nothing is received here");
        }

        @Override
        public void close() {}
    }
}
