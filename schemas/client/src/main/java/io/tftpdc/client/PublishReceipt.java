package io.tftpdc.client;

import java.util.Map;

/**
 * The admin API's answer to a publish.
 *
 * @param outcome {@code created}, {@code replaced}, or {@code accepted} when Kafka has it but the index is late
 * @param sha256 of what arrived, in hexadecimal
 * @param size bytes that arrived
 * @param stamp of the event
 * @param message for people
 * @param links to {@code content}, {@code metadata} and {@code history}
 */
public record PublishReceipt(
        String outcome,
        String tenant,
        String path,
        String sha256,
        long size,
        String stamp,
        String message,
        Map<String, String> links) {}
