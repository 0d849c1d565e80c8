package io.tftpdc.query;

import java.net.URI;
import java.util.List;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/**
 * One store, spread by partitions over the processes of an application. Any thread may ask; answers hold until the next
 * rebalance, after which reading fails and one asks again.
 */
interface StoreView<K, V> {

    /**
     * The partitions that this process holds.
     *
     * @throws NotQueryableException while one of them is not readable
     */
    List<ReadOnlyKeyValueStore<K, V>> local();

    /**
     * The query endpoints of the other processes.
     *
     * @throws NotQueryableException while a partition has no owner, as the answer would lack its part
     */
    List<URI> others();

    /** Who holds a key. */
    sealed interface Owner<K, V> {
        record Here<K, V>(ReadOnlyKeyValueStore<K, V> store) implements Owner<K, V> {}

        record There<K, V>(URI endpoint) implements Owner<K, V> {}
    }

    /** @throws NotQueryableException while nobody does */
    Owner<K, V> ownerOf(K key);
}
