package io.tftpdc.edge.upload;

import io.tftpdc.client.RecordWriter;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.Sha256;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.Topics;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Takes records, and confirms them when a test says so. Thread-safe. */
final class FakeKafka implements RecordWriter {
    private static final RecordMetadata CONFIRMED = new RecordMetadata(new TopicPartition("any", 0), 0, 0, 0, 0, 0);

    final List<FileEvent> events = new ArrayList<>();
    final Map<Sha256, byte[]> chunks = new HashMap<>();
    private final Deque<CompletableFuture<RecordMetadata>> unconfirmed = new ArrayDeque<>();
    private boolean confirmsAtOnce;
    private boolean refusesAll;
    private Function<Object, Optional<RuntimeException>> refusals = value -> Optional.empty();
    /** Thrown by the next write. */
    @Nullable
    Error bug;

    FakeKafka confirmingAtOnce() {
        confirmsAtOnce = true;
        return this;
    }

    synchronized void refuseAll(boolean refuse) {
        refusesAll = refuse;
    }

    /** From now on it answers so to a value, or takes it where there is no answer. */
    synchronized void refuse(Function<Object, Optional<RuntimeException>> answers) {
        refusals = answers;
    }

    @Override
    public synchronized <K, V> CompletableFuture<RecordMetadata> write(Topic<K, V> topic, K key, V value) {
        Error thrown = bug;
        if (thrown != null) {
            bug = null;
            throw thrown;
        }
        if (refusesAll) {
            return CompletableFuture.failedFuture(new TimeoutException("no broker answers"));
        }
        Optional<RuntimeException> refusal = refusals.apply(value);
        if (refusal.isPresent()) {
            return CompletableFuture.failedFuture(refusal.get());
        }
        if (topic.equals(Topics.FILE_EVENTS)) {
            events.add((FileEvent) value);
        } else {
            chunks.put((Sha256) key, ((byte[]) value).clone());
        }
        if (confirmsAtOnce) {
            return CompletableFuture.completedFuture(CONFIRMED);
        }
        CompletableFuture<RecordMetadata> written = new CompletableFuture<>();
        unconfirmed.add(written);
        return written;
    }

    synchronized int unconfirmed() {
        return unconfirmed.size();
    }

    /** Everything that was written so far is there. */
    void confirmAll() {
        take().forEach(written -> written.complete(CONFIRMED));
    }

    /** Nothing of what was written so far is there. */
    void loseAll() {
        take().forEach(written -> written.completeExceptionally(new TimeoutException("no broker answers")));
    }

    private synchronized List<CompletableFuture<RecordMetadata>> take() {
        List<CompletableFuture<RecordMetadata>> taken = List.copyOf(unconfirmed);
        unconfirmed.clear();
        return taken;
    }

    synchronized List<FileEvent.FilePublished> published() {
        return events.stream().map(FileEvent.FilePublished.class::cast).toList();
    }
}
