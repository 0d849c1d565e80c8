package io.tftpdc.client;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The version of a file that is served now, as the admin API tells it.
 *
 * @param sha256 of the content, in hexadecimal
 * @param size bytes
 * @param contentType media type, or empty when unknown
 * @param publishedAt wall clock at the origin, RFC 3339
 * @param origin site that it was published at
 * @param actor who published it
 * @param stamp what decides between versions, for support
 * @param location of an object that holds the bytes; null when they are in Kafka
 * @param links to {@code content}, {@code metadata} and {@code history}
 */
public record FileInfo(
        String tenant,
        String path,
        String sha256,
        long size,
        String contentType,
        Map<String, String> labels,
        String publishedAt,
        String origin,
        String actor,
        String stamp,
        @Nullable String location,
        Map<String, String> links) {}
