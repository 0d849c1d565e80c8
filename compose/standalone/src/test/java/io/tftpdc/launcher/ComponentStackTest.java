package io.tftpdc.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ComponentStackTest {

    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

    @Test
    void whatWasStartedLastIsClosedFirst() throws Exception {
        ComponentStack stack = new ComponentStack();
        stack.start(new Part("broker"));
        stack.start(new Part("edge"));

        stack.close();

        assertThat(calls).containsExactly("+broker", "+edge", "-edge", "-broker");
    }

    @Test
    void aPartThatFailsToStartIsClosedTooAndTheOthersAfterIt() throws Exception {
        ComponentStack stack = new ComponentStack();
        stack.start(new Part("broker"));
        Part failing = new Part("edge") {
            @Override
            public void start() throws LaunchException {
                throw new LaunchException("no");
            }
        };

        assertThatThrownBy(() -> stack.start(failing)).isInstanceOf(LaunchException.class);
        stack.close();

        assertThat(calls).containsExactly("+broker", "-edge", "-broker");
    }

    @Test
    void aPartThatFailsToCloseDoesNotKeepTheOthersOpen() throws Exception {
        ComponentStack stack = new ComponentStack();
        stack.start(new Part("broker"));
        stack.start(new Part("edge") {
            @Override
            public void close() {
                throw new IllegalStateException("cannot");
            }
        });

        stack.close();

        assertThat(calls).containsExactly("+broker", "+edge", "-broker");
    }

    @Test
    void closingDuringAStartInterruptsItAndNothingStartsAfterwards() throws Exception {
        ComponentStack stack = new ComponentStack();
        CountDownLatch inStart = new CountDownLatch(1);
        Thread starter = Thread.ofVirtual().start(() -> {
            try {
                stack.start(new Part("slow") {
                    @Override
                    public void start() throws InterruptedException {
                        inStart.countDown();
                        new CountDownLatch(1).await();
                    }
                });
            } catch (Exception e) {
                calls.add(e.getClass().getSimpleName());
            }
        });
        inStart.await();

        stack.close();
        starter.join();

        assertThat(calls).containsExactlyInAnyOrder("InterruptedException", "-slow");
        assertThatThrownBy(() -> stack.start(new Part("late"))).isInstanceOf(LaunchException.class);
    }

    private class Part implements Component {
        private final String name;

        Part(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void start() throws LaunchException, InterruptedException {
            calls.add("+" + name);
        }

        @Override
        public void close() {
            calls.add("-" + name);
        }
    }
}
