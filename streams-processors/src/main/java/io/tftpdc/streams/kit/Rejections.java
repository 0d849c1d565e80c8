package io.tftpdc.streams.kit;

import io.tftpdc.event.RejectedRecord;
import io.tftpdc.event.RejectedRecord.Header;
import io.tftpdc.event.SiteName;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Makes values of the model out of the records that a processor is given, rejections above all. */
public final class Rejections {
    private final SiteName site;
    private final String processor;

    /** @param processor which part refuses, as {@code tftp.rejected} names it */
    public Rejections(SiteName site, String processor) {
        this.site = site;
        this.processor = processor;
    }

    /** Where the record that is being processed lies. */
    public static RejectedRecord.Origin origin(ProcessingContext context, Record<?, ?> record) {
        RecordMetadata metadata = context.recordMetadata()
                .orElseThrow(() -> new IllegalStateException("asked for the origin of no record"));
        return new RejectedRecord.Origin(metadata.topic(), metadata.partition(), metadata.offset(), record.timestamp());
    }

    /** All headers in order. */
    public static List<Header> headers(Headers headers) {
        List<Header> list = new ArrayList<>();
        headers.forEach(header -> {
            byte[] value = header.value();
            list.add(new Header(header.key(), value == null ? null : ByteBuffer.wrap(value)));
        });
        return list;
    }

    /** The record for {@code tftp.rejected}, under the original key as far as it is kept. */
    public Record<byte[], RejectedRecord> reject(
            ProcessingContext context, Record<byte[], byte[]> record, String reason) {
        return reject(origin(context, record), record.key(), headers(record.headers()), record.value(), reason);
    }

    public Record<byte[], RejectedRecord> reject(
            RejectedRecord.Origin origin,
            byte @Nullable [] key,
            List<Header> headers,
            byte @Nullable [] value,
            String reason) {
        RejectedRecord rejected = RejectedRecord.of(site, processor, origin, key, headers, value, reason);
        return new Record<>(bytes(rejected.key()), rejected, Math.max(0, origin.timestampMillis()));
    }

    @SuppressWarnings("NullAway") // a record's key may be null; Kafka's generics do not say so
    private static byte[] bytes(@Nullable ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
