package io.tftpdc.event;

/**
 * Where in this site's Kafka a chunk lies. Only a hint: compaction may have moved the chunk, so a reader checks the key
 * of what it finds.
 *
 * @param topic {@code tftp.content}, or a peer's mirrored one
 * @param size of the chunk in bytes
 */
public record ContentLocation(String topic, int partition, long offset, int size) {}
