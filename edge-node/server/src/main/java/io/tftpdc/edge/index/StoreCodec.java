package io.tftpdc.edge.index;

import io.tftpdc.event.Sha256;
import io.tftpdc.index.IndexDigest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** How {@link IndexStore} writes its keys, numbers and digests. */
final class StoreCodec {
    private StoreCodec() {}

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] positionKey(TopicPartition partition) {
        return text("position/" + partition.topic() + "/" + partition.partition());
    }

    static byte[] topicIdKey(String topic) {
        return text("topic-id/" + topic);
    }

    static byte[] number(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    static OptionalLong number(byte @Nullable [] bytes) {
        return bytes == null
                ? OptionalLong.empty()
                : OptionalLong.of(ByteBuffer.wrap(bytes).getLong());
    }

    static byte[] bytes(IndexDigest digest) {
        return new Sha256(digest.a(), digest.b(), digest.c(), digest.d()).bytes();
    }

    static IndexDigest digest(byte[] bytes) {
        Sha256 lanes = Sha256.ofDigest(bytes);
        return new IndexDigest(lanes.a(), lanes.b(), lanes.c(), lanes.d());
    }

    static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** Greater than every SHA-256. */
    static byte[] maxKey() {
        byte[] key = new byte[Sha256.BYTES + 1];
        Arrays.fill(key, (byte) 0xFF);
        return key;
    }
}
