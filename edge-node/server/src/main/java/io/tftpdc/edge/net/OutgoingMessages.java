package io.tftpdc.edge.net;

import io.tftpdc.edge.udp.UdpBatch;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a {@link UdpBatch}, with a note of whose each message is. One per event loop, used by whichever of
 * its sockets is sending.
 */
final class OutgoingMessages {

    /** Someone with something to send. */
    interface Sender {
        /** Adds messages while there is room, noting each with {@link #noteOwner}; true when all was added. */
        boolean addTo(OutgoingMessages messages);

        /** The message noted with {@code mark} was not sent because the socket is full; true when it is to be sent later. */
        boolean notSent(long mark);

        /** The kernel refused the message noted with {@code mark}; true when it is to be asked again. */
        boolean refused(long mark, int error);
    }

    private static final int NO_BUFFER_SPACE = 105;

    final UdpBatch batch;
    private final @Nullable Sender[] owners = new @Nullable Sender[UdpBatch.MESSAGES];
    private final long[] marks = new long[UdpBatch.MESSAGES];
    private long refusals;

    OutgoingMessages(UdpBatch batch) {
        this.batch = batch;
    }

    /** To be called after {@code batch.begin}. */
    void noteOwner(Sender owner, long mark) {
        int message = batch.messages() - 1;
        owners[message] = owner;
        marks[message] = mark;
    }

    /** Messages refused so far. */
    long refusals() {
        return refusals;
    }

    /** Where senders wait for their turn. */
    interface Queue {
        /** Lets {@code sender} send at the next flush. It waits only once at a time: that is for the sender to see to. */
        void enqueue(Sender sender);
    }

    /**
     * Sends everything that was added.
     *
     * @param again where each sender goes that has something to send again
     * @return false when the socket is full: wait until it can be written to
     */
    boolean send(int socket, Queue again) {
        int count = batch.messages();
        int next = 0;
        boolean full = false;
        while (next < count && !full) {
            next = batch.flush(socket, next);
            if (next == count) {
                break;
            }
            if (batch.failure() == UdpBatch.WOULD_BLOCK) {
                full = true;
            } else {
                refusals++;
                Sender owner = owners[next];
                if (owner != null && owner.refused(marks[next], batch.failure())) {
                    again.enqueue(owner);
                }
                // Without buffers the rest would fare no better; it is dropped, and sent again by the timers.
                next = batch.failure() == NO_BUFFER_SPACE ? count : next + 1;
            }
        }
        for (int message = next; message < count; message++) {
            Sender owner = owners[message];
            if (owner != null && owner.notSent(marks[message])) {
                again.enqueue(owner);
            }
        }
        batch.clear();
        Arrays.fill(owners, 0, count, null);
        return !full;
    }
}
