package io.tftpdc.query;

import io.tftpdc.event.Tenant;
import io.tftpdc.projection.IndexKeys;
import io.tftpdc.projection.StoredEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/**
 * Lists a tenant in the byte order of its keys, merging the partitions: each has its keys in order, so one cursor for
 * each and the smallest next.
 */
final class IndexListing {
    private IndexListing() {}

    /**
     * What to list.
     *
     * @param prefix that paths begin with, may be empty
     * @param after list what comes after this path; empty begins at the start
     * @param limit entries at most
     * @param which files are listed
     */
    record Request(Tenant tenant, String prefix, String after, int limit, Which which) {}

    /** A choice among the files. */
    enum Which {
        /** Those that exist. */
        PRESENT {
            @Override
            boolean takes(byte[] stored) {
                return StoredEntry.isPresent(stored);
            }
        },
        /** Removed ones, too. */
        ALL {
            @Override
            boolean takes(byte[] stored) {
                return true;
            }
        },
        /** Those with open conflicts, removed or not. */
        IN_CONFLICT {
            @Override
            boolean takes(byte[] stored) {
                return StoredEntry.conflicts(stored) > 0;
            }
        };

        abstract boolean takes(byte[] stored);
    }

    /** @param more whether others follow */
    record Page(List<byte[]> stored, boolean more) {}

    static Page list(List<ReadOnlyKeyValueStore<Bytes, byte[]>> partitions, Request request) {
        Bytes prefix = IndexKeys.of(request.tenant() + "/" + request.prefix());
        Bytes first = prefix;
        if (!request.after().isEmpty()) {
            Bytes after = IndexKeys.justAfter(IndexKeys.of(request.tenant() + "/" + request.after()));
            first = after.compareTo(prefix) > 0 ? after : prefix;
        }
        List<Cursor> cursors = new ArrayList<>();
        try {
            for (ReadOnlyKeyValueStore<Bytes, byte[]> partition : partitions) {
                cursors.add(new Cursor(open(partition, first), prefix.get(), request.which()));
            }
            return merge(cursors, request.limit());
        } finally {
            cursors.forEach(Cursor::close);
        }
    }

    private static Page merge(List<Cursor> cursors, int limit) {
        PriorityQueue<Cursor> queue = new PriorityQueue<>(Comparator.comparing(Cursor::key));
        for (Cursor cursor : cursors) {
            if (cursor.advance()) {
                queue.add(cursor);
            }
        }
        List<byte[]> found = new ArrayList<>();
        while (!queue.isEmpty() && found.size() < limit) {
            Cursor smallest = queue.remove();
            found.add(smallest.value());
            if (smallest.advance()) {
                queue.add(smallest);
            }
        }
        return new Page(found, !queue.isEmpty());
    }

    @SuppressWarnings("NullAway") // a null bound means that there is none
    private static KeyValueIterator<Bytes, byte[]> open(ReadOnlyKeyValueStore<Bytes, byte[]> partition, Bytes first) {
        return partition.range(first, null);
    }

    /** Where one partition's scan stands; after {@link #advance} said yes it has a key and a value. */
    private static final class Cursor implements AutoCloseable {
        private final KeyValueIterator<Bytes, byte[]> entries;
        private final byte[] prefix;
        private final Which which;
        private Bytes key = Bytes.wrap(new byte[0]);
        private byte[] value = new byte[0];

        Cursor(KeyValueIterator<Bytes, byte[]> entries, byte[] prefix, Which which) {
            this.entries = entries;
            this.prefix = prefix;
            this.which = which;
        }

        boolean advance() {
            while (entries.hasNext()) {
                KeyValue<Bytes, byte[]> entry = entries.next();
                if (!startsWith(entry.key.get(), prefix)) {
                    return false;
                }
                if (which.takes(entry.value)) {
                    key = entry.key;
                    value = entry.value;
                    return true;
                }
            }
            return false;
        }

        Bytes key() {
            return key;
        }

        byte[] value() {
            return value;
        }

        @Override
        public void close() {
            entries.close();
        }

        private static boolean startsWith(byte[] key, byte[] prefix) {
            if (key.length < prefix.length) {
                return false;
            }
            for (int i = 0; i < prefix.length; i++) {
                if (key[i] != prefix[i]) {
                    return false;
                }
            }
            return true;
        }
    }
}
