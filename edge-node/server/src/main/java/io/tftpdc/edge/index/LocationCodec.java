package io.tftpdc.edge.index;

import io.tftpdc.event.ContentLocation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * How a chunk's place is kept on disk, readable without a schema:
 *
 * <pre>
 *  0           4             12       16
 * +-----------+-------------+--------+--------------
 * | partition | offset      | size   | topic, UTF-8 ...
 * +-----------+-------------+--------+--------------
 * </pre>
 */
final class LocationCodec {
    private static final int TOPIC_OFFSET = Integer.BYTES + Long.BYTES + Integer.BYTES;

    private LocationCodec() {}

    static byte[] encode(ContentLocation location) {
        byte[] topic = location.topic().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(TOPIC_OFFSET + topic.length)
                .putInt(location.partition())
                .putLong(location.offset())
                .putInt(location.size())
                .put(topic)
                .array();
    }

    static ContentLocation decode(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int partition = buffer.getInt();
        long offset = buffer.getLong();
        int size = buffer.getInt();
        String topic = new String(bytes, TOPIC_OFFSET, bytes.length - TOPIC_OFFSET, StandardCharsets.UTF_8);
        return new ContentLocation(topic, partition, offset, size);
    }
}
