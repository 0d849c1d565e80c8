package io.tftpdc.edge.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class DeliveriesTest {
    private final Deliveries deliveries = new Deliveries(3);

    @Test
    void sendingGoesOnAfterTheLastEventThatWasBegun() throws Exception {
        deliveries.begin(4);
        deliveries.begin(5);
        deliveries.done(5);

        assertThat(deliveries.turn()).isEqualTo(new Deliveries.Turn(List.of(5L), OptionalLong.of(6), false));
        assertThat(deliveries.turn().delivered()).as("told once").isEmpty();
    }

    @Test
    void goingBackWaitsForAllAnswersAndTellsWhatWasDeliveredMeanwhile() throws Exception {
        deliveries.begin(1);
        deliveries.begin(2);
        deliveries.begin(3);
        deliveries.failed();
        deliveries.done(2);
        assertThat(deliveries.turn()).isEqualTo(new Deliveries.Turn(List.of(2L), OptionalLong.empty(), false));
        assertThat(deliveries.begin(4)).as("nothing is sent before that").isFalse();

        // The last answer of all: what it delivers is told together with the going back, not after it.
        deliveries.done(3);

        assertThat(deliveries.turn()).isEqualTo(new Deliveries.Turn(List.of(3L), OptionalLong.of(0), true));
        assertThat(deliveries.turn()).isEqualTo(new Deliveries.Turn(List.of(), OptionalLong.of(0), false));
    }

    @Test
    void whatCouldNotBeHandedOverComesNextAgain() throws Exception {
        deliveries.begin(7);

        deliveries.takeBack(7);

        assertThat(deliveries.inFlight()).isZero();
        assertThat(deliveries.turn().from()).hasValue(7);
    }

    @Test
    void whatIsDroppedIsDeletedWithoutBeingSent() {
        deliveries.drop(8);

        assertThat(deliveries.turn()).isEqualTo(new Deliveries.Turn(List.of(8L), OptionalLong.of(9), false));
    }

    @Test
    void closingEndsTheWaitForRoomAndThereIsNoneThen() throws Exception {
        deliveries.begin(1);
        deliveries.begin(2);
        deliveries.begin(3);
        CompletableFuture<Boolean> waiting = new CompletableFuture<>();
        Thread sender = new Thread(() -> {
            try {
                waiting.complete(deliveries.begin(4));
            } catch (InterruptedException e) {
                waiting.completeExceptionally(e);
            }
        });
        sender.start();

        deliveries.close();

        assertThat(waiting.get()).isFalse();
        assertThat(deliveries.awaitAnswers(0)).isFalse();
        deliveries.done(1);
        assertThat(deliveries.begin(4)).as("room for the last ones").isTrue();
        deliveries.done(2);
        deliveries.done(3);
        deliveries.done(4);
        assertThat(deliveries.awaitAnswers(60_000)).isTrue();
    }
}
