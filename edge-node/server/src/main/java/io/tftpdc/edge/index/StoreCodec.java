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

    /** @param peer whose cluster; empty for the own one */
    static byte[] positionKey(String peer, TopicPartition partition) {
        return text(
                new String(positionPrefix(peer, partition.topic()), StandardCharsets.UTF_8) + partition.partition());
    }

    static byte[] positionPrefix(String peer, String topic) {
        return text(of(peer) + "position/" + topic + "/");
    }

    static byte[] topicIdKey(String peer, String topic) {
        return text(of(peer) + "topic-id/" + topic);
    }

    private static String of(String peer) {
        return peer.isEmpty() ? "" : "peer/" + peer + "/";
    }

    /** What is before the hash in the key of a chunk's place at a peer; sites' names have no slash. */
    static byte[] placePrefix(String peer) {
        return text(peer + "/");
    }

    static byte[] placeKey(String peer, Sha256 chunk) {
        byte[] prefix = placePrefix(peer);
        return ByteBuffer.allocate(prefix.length + Sha256.BYTES)
                .put(prefix)
                .put(chunk.bytes())
                .array();
    }

    /** Greater than every key of a chunk's place at this peer, and smaller than any at another. */
    static byte[] placeEnd(String peer) {
        return text(peer + "0");
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
