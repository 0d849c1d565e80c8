package io.tftpdc.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.property.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HybridClockTest {
    private final AtomicLong wall = new AtomicLong(1_000_000);
    private final HybridClock clock = new HybridClock(wall::get);

    @Test
    void theFirstTickIsTheWallClock() {
        assertThat(clock.tick()).isEqualTo(HybridTime.of(1_000_000, 0));
    }

    @Test
    void ticksWithinAMillisecondCount() {
        assertThat(List.of(clock.tick(), clock.tick(), clock.tick()))
                .containsExactly(HybridTime.of(1_000_000, 0), HybridTime.of(1_000_000, 1), HybridTime.of(1_000_000, 2));
    }

    @Test
    void aWallClockThatIsSetBackDoesNotTakeTicksBack() {
        HybridTime before = clock.tick();
        wall.addAndGet(-60_000);

        assertThat(clock.tick()).isGreaterThan(before).isEqualTo(before.next());
    }

    @Test
    void afterAnEventFromAClockAheadTicksAreGreaterThanIt() {
        HybridTime ahead = HybridTime.of(2_000_000, 17);
        clock.observe(ahead);

        assertThat(clock.tick()).isEqualTo(HybridTime.of(2_000_000, 18));
    }

    @Test
    void anEventFromThePastIsOfNoConsequence() {
        clock.observe(HybridTime.of(5, 5));

        assertThat(clock.tick()).isEqualTo(HybridTime.of(1_000_000, 0));
    }

    @Test
    void whenTheWallClockCatchesUpItIsFollowedAgain() {
        clock.observe(HybridTime.of(1_000_010, 3));
        clock.tick();
        wall.set(1_000_011);

        assertThat(clock.tick()).isEqualTo(HybridTime.of(1_000_011, 0));
    }

    @Test
    void moreTicksInAMillisecondThanTheCounterHoldsBorrowFromTheNext() {
        HybridTime last = clock.tick();
        for (int i = 0; i <= HybridTime.MAX_COUNTER; i++) {
            last = clock.tick();
        }

        assertThat(last).isEqualTo(HybridTime.of(1_000_001, 0));
    }

    @Test
    void ticksAreDistinctWhateverManyThreadsDo() {
        List<HybridTime> ticks = IntStream.range(0, 100_000)
                .parallel()
                .mapToObj(i -> clock.tick())
                .toList();

        assertThat(ticks).doesNotHaveDuplicates();
    }

    @Test
    void whateverTheWallClockDoesTicksOnlyGrow() {
        Seeds.check(200, random -> {
            HybridTime last = new HybridTime(0);
            for (int i = 0; i < 100; i++) {
                wall.set(random.nextInt(50));
                if (random.nextInt(4) == 0) {
                    clock.observe(HybridTime.of(1_000_000L + random.nextInt(50), random.nextInt(3)));
                }
                HybridTime tick = clock.tick();
                assertThat(tick).isGreaterThan(last);
                last = tick;
            }
        });
    }

    @Test
    void aTimeSaysItsMillisecondsAndItsCounter() {
        HybridTime time = HybridTime.of((1L << 47) - 1, HybridTime.MAX_COUNTER);

        assertThat(time.wallMillis()).isEqualTo((1L << 47) - 1);
        assertThat(time.counter()).isEqualTo(HybridTime.MAX_COUNTER);
        assertThat(time).hasToString("140737488355327.65535");
    }

    @Test
    void timesOutOfRangeAreRefused() {
        List<Runnable> wrong = new ArrayList<>();
        wrong.add(() -> HybridTime.of(-1, 0));
        wrong.add(() -> HybridTime.of(1L << 47, 0));
        wrong.add(() -> HybridTime.of(0, -1));
        wrong.add(() -> HybridTime.of(0, HybridTime.MAX_COUNTER + 1));
        wrong.add(() -> new HybridTime(-1));

        assertThat(wrong)
                .allSatisfy(make -> assertThatThrownBy(make::run).isInstanceOf(IllegalArgumentException.class));
    }
}
