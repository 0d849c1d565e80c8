package io.tftpdc.edge.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AddressTableTest {

    @Test
    void theAddressUsedLongestAgoGivesWay() {
        AddressTable table = new AddressTable(3, 1);
        int a = table.place(0, 1);
        int b = table.place(0, 2);
        int c = table.place(0, 3);
        assertThat(Set.of(a, b, c)).hasSize(3);
        assertThat(table.place(0, 1)).isEqualTo(a);
        assertThat(table.fresh()).isFalse();

        assertThat(table.place(0, 4)).as("the place of 2").isEqualTo(b);
        assertThat(table.fresh()).isTrue();
        assertThat(table.find(0, 2)).isEqualTo(AddressTable.NONE);
        assertThat(table.find(0, 1)).isEqualTo(a);
        assertThat(table.find(0, 3)).isEqualTo(c);
    }

    @Test
    void anAddressThatIsHeldStays() {
        AddressTable table = new AddressTable(2, 1);
        int a = table.place(0, 1);
        int b = table.place(0, 2);
        table.hold(a);
        table.hold(a);
        assertThat(table.place(0, 3)).isEqualTo(b);
        table.hold(b);
        assertThat(table.place(0, 4)).isEqualTo(AddressTable.NONE);
        table.release(a);
        assertThat(table.place(0, 4)).isEqualTo(AddressTable.NONE);
        table.release(a);
        assertThat(table.place(0, 4)).isEqualTo(a);
        assertThat(table.find(0, 3)).isEqualTo(b);
    }

    /** Against a model made of collections: the same addresses are there after any use. */
    @Test
    void anyUseIsThatOfTheModel() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int capacity = 1 + random.nextInt(8);
            AddressTable table = new AddressTable(capacity, random.nextLong());
            Set<Long> oldestFirst = new LinkedHashSet<>();
            Map<Long, Integer> holds = new HashMap<>();
            List<Long> held = new ArrayList<>();
            for (int step = 0; step < 300; step++) {
                long address = random.nextInt(12);
                switch (random.nextInt(3)) {
                    case 0 -> {
                        boolean there = oldestFirst.contains(address) || holds.containsKey(address);
                        boolean room = there || oldestFirst.size() + holds.size() < capacity || !oldestFirst.isEmpty();
                        int place = table.place(address, ~address);
                        assertThat(place != AddressTable.NONE)
                                .as("seed %d", seed)
                                .isEqualTo(room);
                        if (room && !holds.containsKey(address)) {
                            if (!there && oldestFirst.size() + holds.size() == capacity) {
                                oldestFirst.remove(oldestFirst.iterator().next());
                            }
                            oldestFirst.remove(address);
                            oldestFirst.add(address);
                        }
                    }
                    case 1 -> {
                        int place = table.find(address, ~address);
                        if (place != AddressTable.NONE) {
                            table.hold(place);
                            oldestFirst.remove(address);
                            holds.merge(address, 1, Integer::sum);
                            held.add(address);
                        }
                    }
                    default -> {
                        if (!held.isEmpty()) {
                            long released = held.remove(random.nextInt(held.size()));
                            table.release(table.find(released, ~released));
                            if (holds.merge(released, -1, Integer::sum) == 0) {
                                holds.remove(released);
                                oldestFirst.add(released);
                            }
                        }
                    }
                }
                Set<Long> there = new HashSet<>();
                for (long one = 0; one < 12; one++) {
                    if (table.find(one, ~one) != AddressTable.NONE) {
                        there.add(one);
                    }
                }
                Set<Long> expected = new HashSet<>(oldestFirst);
                expected.addAll(holds.keySet());
                assertThat(there).as("seed %d, step %d", seed, step).isEqualTo(expected);
            }
        }
    }
}
