package io.tftpdc.placement;

import java.nio.charset.StandardCharsets;

/**
 * Highest random weight hashing (Thaler and Ravishankar 1998): each client orders nodes by a weight made of both, so equal
 * nodes share clients evenly, the same client always gets the same order, and a node that goes away moves its own clients
 * only.
 */
final class Rendezvous {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private Rendezvous() {}

    /** Of a client and a node; compared as a signed number. */
    static long weight(Subnet client, String node) {
        long hash = FNV_OFFSET;
        for (byte one : client.address().getAddress()) {
            hash = (hash ^ (one & 0xFF)) * FNV_PRIME;
        }
        hash = mix(hash + client.bits());
        for (byte one : node.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (one & 0xFF)) * FNV_PRIME;
        }
        return mix(hash);
    }

    /** Spreads what differs in a few bits over all of them: two rounds of multiply and shift, each without loss. */
    private static long mix(long value) {
        long mixed = (value ^ (value >>> 32)) * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 29)) * 0xD1B54A32D192ED03L;
        return mixed ^ (mixed >>> 32);
    }
}
