package io.tftpdc.streams;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tftpdc.topic.Topics;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a rejection that Kafka finds too large from stopping the application for good: the bad record would be read, and
 * its rejection refused, after every restart. It is logged and counted instead. Whatever else cannot be written fails,
 * because going on would lose it.
 */
public final class OversizedRejections implements ProductionExceptionHandler {
    /** Setting under which the meters' registry is passed. */
    static final String REGISTRY = "tftpdc.meter.registry";

    private static final Logger LOG = LoggerFactory.getLogger(OversizedRejections.class);

    private @Nullable Counter dropped;

    @Override
    public void configure(Map<String, ?> settings) {
        if (settings.get(REGISTRY) instanceof MeterRegistry registry) {
            dropped = Counter.builder("tftpdc.rejections.dropped")
                    .description("Rejections that were too large for tftp.rejected")
                    .register(registry);
        }
    }

    @Override
    public Response handleError(
            ErrorHandlerContext context, ProducerRecord<byte[], byte[]> record, Exception exception) {
        if (!(exception instanceof RecordTooLargeException) || !record.topic().equals(Topics.REJECTED.name())) {
            return Response.fail();
        }
        if (dropped != null) {
            dropped.increment();
        }
        LOG.atError()
                .addKeyValue("topic", context.topic())
                .addKeyValue("partition", context.partition())
                .addKeyValue("offset", context.offset())
                .setCause(exception)
                .log("A rejection is too large for its topic and dropped; the record is still at its place of origin");
        return Response.resume();
    }
}
