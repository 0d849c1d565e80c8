package io.tftpdc.edge.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.edge.content.ObjectTroubles.Trouble;
import io.tftpdc.event.ObjectLocation;
import io.tftpdc.objects.ObjectStoreException;
import io.tftpdc.objects.ObjectStoreException.Kind;
import org.junit.jupiter.api.Test;

class ObjectTroublesTest {
    private static final ObjectLocation A = new ObjectLocation("https://h/a");
    private static final ObjectLocation B = new ObjectLocation("https://h/b");
    private static final ObjectLocation C = new ObjectLocation("https://h/c");

    private long now = 1_000;
    private final ObjectTroubles troubles = new ObjectTroubles(() -> now);

    @Test
    void aStoreThatDoesNotAnswerIsSaidOnceUntilItDoes() {
        assertThat(failed(A, Kind.UNAVAILABLE, 503)).isTrue();
        assertThat(failed(B, Kind.UNAVAILABLE, 0)).isFalse();
        now = 2_000;
        assertThat(failed(A, Kind.UNAVAILABLE, 503)).isFalse();
        assertThat(troubles.now()).containsExactly(new Trouble("web", Kind.UNAVAILABLE, 503, 1_000, 0));

        assertThat(troubles.succeeded("web", A)).as("it is back").isTrue();
        assertThat(troubles.succeeded("web", A)).isFalse();
        assertThat(troubles.now()).isEmpty();
        assertThat(failed(A, Kind.UNAVAILABLE, 503)).isTrue();
    }

    @Test
    void aStoreThatIsNotConfiguredIsSaidOnceHoweverManyObjectsItHas() {
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 50; i++) {
                ObjectLocation object = new ObjectLocation("s3://firmware/" + i);
                assertThat(unconfigured(object)).isEqualTo(round == 0 && i == 0);
            }
            now += 1_000;
        }
        assertThat(unconfigured(new ObjectLocation("s3://other/x")))
                .as("another bucket")
                .isTrue();

        assertThat(troubles.now())
                .containsExactly(
                        new Trouble("s3://firmware", Kind.UNCONFIGURED, 0, 1_000, 50),
                        new Trouble("s3://other", Kind.UNCONFIGURED, 0, 4_000, 1));
    }

    @Test
    void anotherReasonIsSaidAgain() {
        assertThat(failed(A, Kind.UNAVAILABLE, 0)).isTrue();
        assertThat(failed(A, Kind.REFUSED, 401)).isTrue();
        assertThat(failed(B, Kind.REFUSED, 401)).isFalse();
        assertThat(failed(A, Kind.REFUSED, 403)).isTrue();
        assertThat(failed(B, Kind.UNAVAILABLE, 0)).isTrue();
    }

    @Test
    void aRefusedObjectAmongOthersThatAreGivenIsSaidOnce() {
        assertThat(failed(A, Kind.REFUSED, 403)).isTrue();
        for (int i = 0; i < 3; i++) {
            assertThat(troubles.succeeded("web", B)).isFalse();
            assertThat(failed(A, Kind.REFUSED, 403)).isFalse();
        }
        troubles.succeeded("web", B);
        assertThat(failed(C, Kind.REFUSED, 403)).as("another one").isTrue();
        assertThat(troubles.now()).containsExactly(new Trouble("web", Kind.REFUSED, 403, 1_000, 2));
    }

    @Test
    void eachObjectThatIsMissingIsSaidOnceAndForgottenWhenItIsThere() {
        assertThat(failed(A, Kind.MISSING, 404)).isTrue();
        assertThat(failed(B, Kind.MISSING, 404)).isTrue();
        assertThat(failed(A, Kind.MISSING, 404)).isFalse();
        assertThat(failed(B, Kind.CHANGED, 0)).isTrue();
        assertThat(troubles.now())
                .containsExactlyInAnyOrder(
                        new Trouble("web", Kind.MISSING, 404, 1_000, 1), new Trouble("web", Kind.CHANGED, 0, 1_000, 1));

        troubles.succeeded("web", A);
        troubles.succeeded("web", B);

        assertThat(troubles.now()).isEmpty();
    }

    @Test
    void whatNobodyAsksForIsForgottenAfterAnHour() {
        failed(A, Kind.MISSING, 404);
        failed(B, Kind.UNAVAILABLE, 0);
        now += ObjectTroubles.REMEMBERED.toMillis();
        assertThat(troubles.now()).hasSize(2);
        now++;
        assertThat(troubles.now()).isEmpty();
        assertThat(failed(A, Kind.MISSING, 404)).isTrue();
    }

    @Test
    void noMoreIsRememberedThanIsOfUse() {
        for (int i = 0; i < 20_000; i++) {
            unconfigured(new ObjectLocation("s3://bucket-" + i + "/x"));
        }
        assertThat(troubles.now()).hasSize(10_000);
    }

    private boolean failed(ObjectLocation object, Kind kind, int status) {
        return troubles.failed(object, new ObjectStoreException(kind, "web", object, status, "it is so"));
    }

    private boolean unconfigured(ObjectLocation object) {
        return troubles.failed(
                object,
                new ObjectStoreException(Kind.UNCONFIGURED, ObjectStoreException.NO_STORE, object, 0, "there is none"));
    }
}
