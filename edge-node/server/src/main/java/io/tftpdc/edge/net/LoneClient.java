package io.tftpdc.edge.net;

import org.jspecify.annotations.Nullable;

/**
 * Whether a single client is all that an event loop hears of at the moment, so that its next packet may be waited for in
 * the receiving call itself: a round through epoll for every packet would cost more than handling it. Transfers of
 * clients that have fallen silent do not count; there is always one somewhere that was switched off. Used by that event
 * loop.
 *
 * <p>A client that answers late is not waited for again at once, and the more often it is late, the longer not: the
 * others would pay for it.
 */
final class LoneClient {

    /** Who has not been heard for so long is not expected to be just now. */
    static final long SILENCE_NANOS = 50_000_000;

    private static final int SHORTEST_PAUSE = 8;
    private static final int LONGEST_PAUSE = 256;

    private @Nullable Session heard;
    private long since;
    private int pause = SHORTEST_PAUSE;
    private int left;

    /** @param session whose datagram it is; null when it is no session's, a request for example */
    void heard(@Nullable Session session, long nowNanos) {
        if (session != heard) {
            heard = session;
            since = nowNanos;
        }
    }

    /** The session is over. */
    void gone(Session session) {
        if (session == heard) {
            heard = null;
        }
    }

    /** @param sessions of the whole event loop */
    boolean isAlone(int sessions, long nowNanos) {
        return heard != null && (sessions == 1 || nowNanos - since > SILENCE_NANOS);
    }

    /** To be asked once a turn: false while it is not to be waited for because it was late. */
    boolean mayBeWaitedFor() {
        if (left > 0) {
            left--;
            return false;
        }
        return true;
    }

    /** It was waited for, and nothing came in time. */
    void late() {
        left = pause;
        pause = Math.min(2 * pause, LONGEST_PAUSE);
    }

    /** It was waited for as long as that is allowed at a time, and was never late. */
    void punctual() {
        pause = SHORTEST_PAUSE;
    }
}
