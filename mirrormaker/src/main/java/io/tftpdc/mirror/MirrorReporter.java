package io.tftpdc.mirror;

import io.tftpdc.event.NodeReported;
import io.tftpdc.mirror.site.SiteFile;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaIds;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says every few seconds in {@code tftp.node-events} how far the mirror is. The peers' mirrors carry these reports, too,
 * so they are what their heartbeats see even where a site has no other node. A report that fails is not repeated.
 */
final class MirrorReporter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MirrorReporter.class);
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final Map<String, Object> settings;
    private final SchemaIds ids;
    private final Function<Boolean, NodeReported> report;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "mirror-reporter");
        thread.setDaemon(true);
        return thread;
    });
    private @Nullable KafkaProducer<byte[], byte[]> producer;
    private volatile boolean away;

    private MirrorReporter(SiteFile file, SchemaIds ids, Function<Boolean, NodeReported> report) {
        this.ids = ids;
        this.report = report;
        settings = new HashMap<>(file.kafka().clientSettings());
        settings.put("client.id", file.node() + "-reports");
        settings.put("acks", "all");
        settings.put("max.block.ms", 1_500);
        settings.put("request.timeout.ms", 5_000);
        settings.put("delivery.timeout.ms", 10_000);
    }

    /** @param report makes a report; the argument says whether the process is stopping */
    static MirrorReporter start(SiteFile file, SchemaIds ids, Function<Boolean, NodeReported> report) {
        MirrorReporter reporter = new MirrorReporter(file, ids, report);
        reporter.timer.scheduleWithFixedDelay(
                () -> reporter.send(false), 0, file.reportInterval().toMillis(), TimeUnit.MILLISECONDS);
        return reporter;
    }

    private void send(boolean stopping) {
        try {
            NodeReported reported = report.apply(stopping);
            String topic = Topics.NODE_EVENTS.name();
            byte[] key = Topics.NODE_EVENTS
                    .keySerde(ids)
                    .serializer()
                    .serialize(topic, reported.site() + "/" + reported.node());
            byte[] value = Topics.NODE_EVENTS.valueSerde(ids).serializer().serialize(topic, reported);
            open().send(new ProducerRecord<>(topic, key, value), (metadata, error) -> away = error != null);
        } catch (KafkaException e) {
            away = true;
            LOG.atDebug().setCause(e).log("Report of the mirror does not get through");
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("Report of the mirror failed, which is a bug");
        }
    }

    /** On the timer's thread, and not before it is needed: Kafka's address may not resolve before. */
    private KafkaProducer<byte[], byte[]> open() {
        KafkaProducer<byte[], byte[]> open = producer;
        if (open == null) {
            open = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
            producer = open;
        }
        return open;
    }

    /** Sends the last report, unless Kafka is away; call while what is reported on is still open. */
    @Override
    public void close() {
        timer.execute(() -> {
            if (!away) {
                send(true);
            }
            if (producer != null) {
                producer.close(away ? Duration.ZERO : CLOSE);
            }
        });
        timer.shutdown();
        try {
            if (!timer.awaitTermination(2 * CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
                timer.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            timer.shutdownNow();
        }
    }
}
