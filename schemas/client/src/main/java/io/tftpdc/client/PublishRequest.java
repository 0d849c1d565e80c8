package io.tftpdc.client;

import io.tftpdc.event.FileKey;
import io.tftpdc.event.Sha256;
import io.tftpdc.index.FileIndexEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is to be published, but for the bytes.
 *
 * @param current what the index knows of the file, so that the new version gets a greater stamp even if another site's
 *     clock is ahead; {@link FileIndexEntry#empty} when nobody asked the index
 * @param others what the index knows of further files that get the same content, such as the variants of further sites
 * @param actor who publishes: {@code user:anna}, {@code rest:10.0.0.7}
 * @param contentType media type, or empty when unknown
 * @param labels free key-values, for placement and search, as {@link io.tftpdc.event.DescriptionRule} bounds them
 * @param expectedHash of the whole content, when the publisher knows it
 * @param expectedSize in bytes, when the publisher knows it
 * @param maxSize bytes; larger content is refused
 */
public record PublishRequest(
        FileIndexEntry current,
        List<FileIndexEntry> others,
        String actor,
        String contentType,
        Map<String, String> labels,
        Optional<Sha256> expectedHash,
        OptionalLong expectedSize,
        long maxSize) {

    public PublishRequest {
        others = List.copyOf(others);
        labels = Map.copyOf(labels);
    }

    /** Any bytes, without type, labels or expectations. */
    public static PublishRequest of(FileKey key, String actor) {
        return of(FileIndexEntry.empty(key), actor);
    }

    /** As {@link #of(FileKey, String)}, over what the index knows. */
    public static PublishRequest of(FileIndexEntry current, String actor) {
        return new PublishRequest(
                current, List.of(), actor, "", Map.of(), Optional.empty(), OptionalLong.empty(), Long.MAX_VALUE);
    }

    public FileKey key() {
        return current.key();
    }

    /** What the index knows of all the files that get the content. */
    List<FileIndexEntry> targets() {
        List<FileIndexEntry> targets = new ArrayList<>();
        targets.add(current);
        targets.addAll(others);
        return targets;
    }

    public PublishRequest withOthers(List<FileIndexEntry> files) {
        return new PublishRequest(current, files, actor, contentType, labels, expectedHash, expectedSize, maxSize);
    }

    public PublishRequest withContentType(String type) {
        return new PublishRequest(current, others, actor, type, labels, expectedHash, expectedSize, maxSize);
    }

    public PublishRequest withLabels(Map<String, String> newLabels) {
        return new PublishRequest(current, others, actor, contentType, newLabels, expectedHash, expectedSize, maxSize);
    }

    public PublishRequest expectingHash(Sha256 hash) {
        return new PublishRequest(
                current, others, actor, contentType, labels, Optional.of(hash), expectedSize, maxSize);
    }

    public PublishRequest expectingSize(long bytes) {
        return new PublishRequest(
                current, others, actor, contentType, labels, expectedHash, OptionalLong.of(bytes), maxSize);
    }

    public PublishRequest withMaxSize(long bytes) {
        return new PublishRequest(current, others, actor, contentType, labels, expectedHash, expectedSize, bytes);
    }
}
