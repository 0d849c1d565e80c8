package io.tftpdc.intake;

import io.tftpdc.event.FileKey;
import io.tftpdc.intake.PublishRequest.UploadId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** The uploads of one task in a Streams store. Used by the task's stream thread only. */
final class UploadStore {
    static final String NAME = "uploads";

    /** In front of the key of a state's head; the rest is {@code <tenant/path> NUL <id>}, and no path holds a NUL. */
    private static final String HEAD = "h/";

    private static final String CARRY = "c/";
    private static final char SEPARATOR = '\0';

    private final KeyValueStore<String, byte[]> store;

    UploadStore(KeyValueStore<String, byte[]> store) {
        this.store = store;
    }

    static StoreBuilder<KeyValueStore<String, byte[]>> builder() {
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(NAME), Serdes.String(), Serdes.ByteArray())
                .withCachingDisabled()
                .withLoggingEnabled(Map.of());
    }

    Optional<UploadState> get(UploadId id) {
        byte[] head = store.get(HEAD + key(id));
        return head == null ? Optional.empty() : Optional.of(UploadStateCodec.read(head, carryOf(key(id))));
    }

    void apply(UploadId id, UploadStep.Change change) {
        switch (change) {
            case UploadStep.Change.Keep keep -> {
                // As it was.
            }
            case UploadStep.Change.Forget forget -> {
                store.delete(HEAD + key(id));
                store.delete(CARRY + key(id));
            }
            case UploadStep.Change.Remember remember -> {
                byte[] carry = UploadStateCodec.carry(remember.next());
                store.put(HEAD + key(id), UploadStateCodec.head(remember.next()));
                if (carry.length > 0) {
                    store.put(CARRY + key(id), carry);
                } else {
                    store.delete(CARRY + key(id));
                }
            }
        }
    }

    /** An upload and what is remembered of it. */
    record Remembered(UploadId id, UploadState state) {}

    /** The uploads that match, looked at without the bytes that they carry over. */
    List<Remembered> matching(BiPredicate<UploadId, UploadState> wanted) {
        List<Remembered> found = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> heads = store.prefixScan(HEAD, new StringSerializer())) {
            while (heads.hasNext()) {
                KeyValue<String, byte[]> head = heads.next();
                UploadId id = id(head.key.substring(HEAD.length()));
                UploadState state = UploadStateCodec.read(head.value, new byte[0]);
                if (wanted.test(id, state)) {
                    found.add(new Remembered(id, state));
                }
            }
        }
        return found;
    }

    private byte[] carryOf(String key) {
        byte[] carry = store.get(CARRY + key);
        return carry == null ? new byte[0] : carry;
    }

    private static String key(UploadId id) {
        return id.key().toString() + SEPARATOR + id.id();
    }

    private static UploadId id(String key) {
        int separator = key.indexOf(SEPARATOR);
        return new UploadId(FileKey.parse(key.substring(0, separator)), key.substring(separator + 1));
    }
}
