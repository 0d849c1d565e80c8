package io.tftpdc.registry;

import java.util.List;

/**
 * What the rules make of a request.
 *
 * @param <T> what the requester is told when it is accepted
 */
public sealed interface Decision<T> {

    /** Accepted: once the records are in the topic, together or not at all, the answer is true. */
    record Accepted<T>(List<RegistryRecord> records, T answer) implements Decision<T> {
        public Accepted {
            records = List.copyOf(records);
        }
    }

    /** Refused; nothing changes. */
    record Refused<T>(RegistryError error) implements Decision<T> {}

    /** Accepted without anything to write. */
    static <T> Decision<T> unchanged(T answer) {
        return new Accepted<>(List.of(), answer);
    }

    static <T> Decision<T> refused(RegistryError error) {
        return new Refused<>(error);
    }
}
