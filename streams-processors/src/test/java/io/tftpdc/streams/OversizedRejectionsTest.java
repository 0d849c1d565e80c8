package io.tftpdc.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.errors.ProductionExceptionHandler.Result;
import org.apache.kafka.streams.errors.internals.DefaultErrorHandlerContext;
import org.apache.kafka.streams.processor.TaskId;
import org.junit.jupiter.api.Test;

class OversizedRejectionsTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void onlyARejectionThatIsTooLargeIsPassedOver() {
        assertThat(handle("tftp.rejected", new RecordTooLargeException("2 MiB")))
                .isEqualTo(Result.RESUME);
        assertThat(handle("tftp.rejected", new TimeoutException("no answer"))).isEqualTo(Result.FAIL);
        assertThat(handle("tftp.file-events", new RecordTooLargeException("2 MiB")))
                .isEqualTo(Result.FAIL);
        assertThat(meters.get("tftpdc.rejections.dropped").counter().count()).isEqualTo(1);
    }

    private Result handle(String topic, Exception exception) {
        OversizedRejections handler = new OversizedRejections();
        handler.configure(Map.of(OversizedRejections.REGISTRY, meters));
        return handler.handleError(
                        new DefaultErrorHandlerContext(
                                null,
                                "tftp.publish.default",
                                0,
                                7,
                                new RecordHeaders(),
                                "p",
                                new TaskId(0, 0),
                                0,
                                new byte[0],
                                new byte[0]),
                        new ProducerRecord<>(topic, new byte[0]),
                        exception)
                .result();
    }
}
