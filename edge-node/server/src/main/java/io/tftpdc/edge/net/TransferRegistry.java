package io.tftpdc.edge.net;

import io.tftpdc.tftp.transfer.TransferId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The transfers of one event loop: those that run, by endpoints and by request, and those that are over but whose late
 * packets may still arrive (RFC 1350 section 6 calls that dallying). Used by that loop alone.
 */
final class TransferRegistry {

    private final Map<TransferId, Session> running = new HashMap<>();
    private final Map<Request.Key, Session> byRequest = new HashMap<>();
    /** When each pair of endpoints is free again, on the monotonic clock; the oldest first. */
    private final LinkedHashMap<TransferId, Long> dallying = new LinkedHashMap<>();

    private final long dallyNanos;
    private final int mostDallying;

    /** @param mostDallying beyond this many, the oldest dallying transfers are forgotten early */
    TransferRegistry(Duration dally, int mostDallying) {
        this.dallyNanos = dally.toNanos();
        this.mostDallying = mostDallying;
    }

    Optional<Session> find(TransferId id) {
        return Optional.ofNullable(running.get(id));
    }

    Optional<Session> find(Request.Key key) {
        return Optional.ofNullable(byRequest.get(key));
    }

    List<Session> all() {
        return List.copyOf(running.values());
    }

    /** True when a packet with these endpoints could belong to a transfer that runs or has just ended. */
    boolean taken(TransferId id, long nowNanos) {
        return running.containsKey(id) || dallying(id, nowNanos);
    }

    boolean dallying(TransferId id, long nowNanos) {
        Long until = dallying.get(id);
        return until != null && until - nowNanos > 0;
    }

    void started(Session session) {
        running.put(session.id(), session);
        byRequest.put(session.request().key(), session);
    }

    void finished(Session session, long nowNanos) {
        boolean wasThere = running.remove(session.id(), session);
        byRequest.remove(session.request().key(), session);
        if (wasThere) { // or another one runs with these endpoints already
            dallying.remove(session.id());
            dallying.put(session.id(), nowNanos + dallyNanos);
        }
        forgetOld(nowNanos);
    }

    /** A transfer that was given up: if its client speaks after all, it shall hear that there is none. */
    void forget(TransferId id) {
        dallying.remove(id);
    }

    private void forgetOld(long nowNanos) {
        Iterator<Long> oldestFirst = dallying.values().iterator();
        while (oldestFirst.hasNext() && (oldestFirst.next() - nowNanos <= 0 || dallying.size() > mostDallying)) {
            oldestFirst.remove();
        }
    }
}
