package io.tftpdc.edge.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PeerTableTest {

    private static final int STEPS = 20_000;

    /** Few peers and a small table, so that entries collide, wrap around the end and are moved back all the time. */
    @Test
    void doesWhatAHashMapDoes() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        PeerTable<String> table = new PeerTable<>();
        Map<Peer, String> expected = new HashMap<>();
        List<Peer> peers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            peers.add(new Peer(random.nextInt(8), random.nextInt(2), random.nextInt(2), i % 2, 28));
        }

        for (int step = 0; step < STEPS; step++) {
            Peer peer = peers.get(random.nextInt(peers.size()));
            String value = "" + random.nextInt(3);
            if (random.nextBoolean()) {
                table.put(peer, value.intern());
                expected.put(peer, value.intern());
            } else {
                table.remove(peer, value.intern());
                expected.remove(peer, value.intern());
            }

            String which = "seed " + seed + ", step " + step;
            assertThat(table.size()).as(which).isEqualTo(expected.size());
            for (Peer asked : peers) {
                assertThat(table.find(asked)).as(which).isEqualTo(expected.get(asked));
            }
        }
        assertThat(table.all()).containsExactlyInAnyOrderElementsOf(expected.values());
    }
}
