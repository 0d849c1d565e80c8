package io.tftpdc.edge.upload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class KafkaLinkTest {

    @Test
    void aKafkaThatDoesNotAnswerIsAwayForAll() {
        assertThat(KafkaLink.concernsAll(new TimeoutException("no broker answers")))
                .isTrue();
        assertThat(KafkaLink.concernsAll(new DisconnectException("gone"))).isTrue();
        assertThat(KafkaLink.concernsAll(new NotEnoughReplicasException("1 of 2")))
                .isTrue();
        assertThat(KafkaLink.concernsAll(new CompletionException(new TimeoutException("no broker answers"))))
                .isTrue();
    }

    @Test
    void onlyWhatKafkaSaysOfTheRecordItselfIsForGood() {
        assertThat(KafkaLink.refusesForGood(new RecordTooLargeException("2 MiB")))
                .isTrue();
        assertThat(KafkaLink.refusesForGood(
                        new ExecutionException(new CompletionException(new InvalidRecordException("no key")))))
                .isTrue();
        assertThat(KafkaLink.refusesForGood(new PolicyViolationException("by policy")))
                .isTrue();

        assertThat(KafkaLink.refusesForGood(new TimeoutException("no broker answers")))
                .isFalse();
        assertThat(KafkaLink.refusesForGood(new TopicAuthorizationException("tftp.content")))
                .isFalse();
        assertThat(KafkaLink.refusesForGood(new SaslAuthenticationException("a new password")))
                .isFalse();
        assertThat(KafkaLink.refusesForGood(new SerializationException("a bug")))
                .isFalse();
        assertThat(KafkaLink.refusesForGood(new KafkaException("one of its batch was invalid")))
                .isFalse();
    }

    @Test
    void aRecordThatKafkaDoesNotWantSaysNothingOfTheOthers() {
        assertThat(KafkaLink.concernsAll(new RecordTooLargeException("2 MiB"))).isFalse();
        assertThat(KafkaLink.concernsAll(new SerializationException("a bug"))).isFalse();
        assertThat(KafkaLink.concernsAll(new TopicAuthorizationException("tftp.content")))
                .isFalse();
        assertThat(KafkaLink.concernsAll(new IllegalArgumentException("a bug"))).isFalse();
    }
}
