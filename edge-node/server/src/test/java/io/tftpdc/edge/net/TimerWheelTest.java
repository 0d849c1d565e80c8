package io.tftpdc.edge.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerWheelTest {

    private final List<String> fired = new ArrayList<>();
    private final TimerWheel wheel = new TimerWheel(10, 8, 1_000);

    @Test
    void aTimerFiresOnceAtItsDeadlineAndNotBefore() {
        TimerWheel.Timer timer = timer("a");
        wheel.arm(timer, 1_025);
        wheel.advance(1_024);
        assertThat(fired).isEmpty();
        wheel.advance(1_025);
        wheel.advance(1_500);
        assertThat(fired).containsExactly("a");
        assertThat(wheel.isEmpty()).isTrue();
    }

    @Test
    void aDeadlineBeyondATurnOfTheWheelWaitsForItsOwnTurn() {
        wheel.arm(timer("later"), 1_000 + 10 * 8 * 3 + 5);
        wheel.advance(1_200);
        assertThat(fired).isEmpty();
        wheel.advance(1_245);
        assertThat(fired).containsExactly("later");
    }

    @Test
    void anArmedTimerCanBeMovedAndDisarmed() {
        TimerWheel.Timer moved = timer("moved");
        TimerWheel.Timer gone = timer("gone");
        wheel.arm(moved, 1_020);
        wheel.arm(gone, 1_020);
        wheel.arm(moved, 1_100);
        wheel.disarm(gone);
        wheel.disarm(gone);
        wheel.advance(1_050);
        assertThat(fired).isEmpty();
        wheel.advance(1_100);
        assertThat(fired).containsExactly("moved");
    }

    @Test
    void aTimerThatIsPutOffAgainAndAgainFiresAtItsLastDeadline() {
        TimerWheel.Timer timer = timer("late");
        for (long now = 1_000; now < 1_500; now += 7) {
            wheel.arm(timer, now + 25);
            wheel.advance(now);
        }
        assertThat(fired).isEmpty();
        wheel.advance(1_497 + 24);
        assertThat(fired).isEmpty();
        wheel.advance(1_497 + 25);
        assertThat(fired).containsExactly("late");
    }

    @Test
    void whatIsDueWaitsUntilItMayFireAndMayBePutOffMeanwhile() {
        TimerWheel.Timer patient = timer("patient");
        TimerWheel.Timer answered = timer("answered");
        wheel.arm(patient, 1_010);
        wheel.arm(answered, 1_010);

        wheel.advance(1_015, () -> {
            wheel.arm(answered, 1_100); // its packet had arrived
            return false;
        });
        assertThat(fired).isEmpty();

        wheel.advance(1_020, () -> true);
        assertThat(fired).containsExactly("patient");
        wheel.advance(1_100, () -> true);
        assertThat(fired).containsExactly("patient", "answered");
    }

    @Test
    void nobodyIsAskedWhenNothingIsDue() {
        wheel.arm(timer("later"), 1_200);
        wheel.advance(1_150, () -> {
            throw new AssertionError("nothing is due");
        });
        assertThat(fired).isEmpty();
    }

    @Test
    void aTaskThatFailsTakesNoOtherTimerWithIt() {
        wheel.arm(timer("before"), 1_010);
        wheel.arm(
                wheel.newTimer(() -> {
                    throw new IllegalStateException("this task fails");
                }),
                1_010);
        wheel.arm(timer("after"), 1_010);
        wheel.arm(timer("later"), 1_030);
        wheel.advance(1_010);
        wheel.advance(1_030);
        assertThat(fired).containsExactlyInAnyOrder("before", "after", "later");
        assertThat(wheel.isEmpty()).isTrue();
    }

    @Test
    void aLongPauseLosesNoTimer() {
        for (int i = 0; i < 20; i++) {
            wheel.arm(timer("t" + i), 1_000 + i * 13L);
        }
        wheel.advance(1_000_000);
        assertThat(fired).hasSize(20);
    }

    @Test
    void aTaskMayArmItselfAndDisarmOthers() {
        TimerWheel.Timer victim = timer("victim");
        TimerWheel.Timer[] self = new TimerWheel.Timer[1];
        self[0] = wheel.newTimer(() -> {
            fired.add("self");
            wheel.disarm(victim);
            if (fired.size() < 3) {
                wheel.arm(self[0], 1_000 + fired.size() * 100L);
            }
        });
        wheel.arm(victim, 1_010);
        wheel.arm(self[0], 1_010);
        wheel.advance(1_011);
        wheel.advance(1_150);
        wheel.advance(1_250);
        wheel.advance(1_350);
        assertThat(fired).containsExactly("self", "self", "self");
    }

    @Test
    void behavesLikeAListOfDeadlinesUnderAnyUse() {
        for (long seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            TimerWheel anyWheel = new TimerWheel(1 + random.nextInt(20), 1 + random.nextInt(16), 0);
            Map<Integer, Long> model = new HashMap<>();
            List<Integer> due = new ArrayList<>();
            List<TimerWheel.Timer> timers = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                int number = i;
                timers.add(anyWheel.newTimer(() -> due.add(number)));
            }
            long now = 0;
            for (int i = 0; i < 200; i++) {
                int which = random.nextInt(10);
                switch (random.nextInt(3)) {
                    case 0 -> {
                        long deadline = now + random.nextInt(500);
                        anyWheel.arm(timers.get(which), deadline);
                        model.put(which, deadline);
                    }
                    case 1 -> {
                        anyWheel.disarm(timers.get(which));
                        model.remove(which);
                    }
                    default -> {
                        now += random.nextInt(200);
                        due.clear();
                        anyWheel.advance(now);
                        List<Integer> expected = new ArrayList<>();
                        for (Map.Entry<Integer, Long> armed : model.entrySet()) {
                            if (armed.getValue() <= now) {
                                expected.add(armed.getKey());
                            }
                        }
                        model.keySet().removeAll(expected);
                        assertThat(due).as("seed " + seed).containsExactlyInAnyOrderElementsOf(expected);
                    }
                }
                assertThat(anyWheel.isEmpty()).as("seed " + seed).isEqualTo(model.isEmpty());
            }
        }
    }

    private TimerWheel.Timer timer(String name) {
        return wheel.newTimer(() -> fired.add(name));
    }
}
