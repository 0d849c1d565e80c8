package io.tftpdc.edge.upload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.RecordTooLargeException;
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
    void aRecordThatKafkaDoesNotWantSaysNothingOfTheOthers() {
        assertThat(KafkaLink.concernsAll(new RecordTooLargeException("2 MiB"))).isFalse();
        assertThat(KafkaLink.concernsAll(new SerializationException("a bug"))).isFalse();
        assertThat(KafkaLink.concernsAll(new TopicAuthorizationException("tftp.content")))
                .isFalse();
        assertThat(KafkaLink.concernsAll(new IllegalArgumentException("a bug"))).isFalse();
    }
}
