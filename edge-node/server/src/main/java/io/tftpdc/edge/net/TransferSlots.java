package io.tftpdc.edge.net;

import java.util.concurrent.atomic.AtomicInteger;

/** Bounds the transfers of the whole server; shared by its event loops. */
final class TransferSlots {

    private final int most;
    private final AtomicInteger taken = new AtomicInteger();

    TransferSlots(int most) {
        this.most = most;
    }

    boolean tryTake() {
        if (taken.incrementAndGet() <= most) {
            return true;
        }
        taken.decrementAndGet();
        return false;
    }

    void release() {
        taken.decrementAndGet();
    }

    int taken() {
        return taken.get();
    }
}
