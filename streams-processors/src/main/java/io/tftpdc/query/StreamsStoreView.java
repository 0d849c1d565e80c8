package io.tftpdc.query;

import java.net.URI;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/** A store of a running Streams application, found through the metadata that its processes exchange. */
final class StreamsStoreView<K, V> implements StoreView<K, V> {
    private final KafkaStreams streams;
    private final String store;
    private final int partitions;
    private final HostInfo self;
    private final Serializer<K> keys;

    /** @param self what this process gave as {@code application.server} */
    StreamsStoreView(KafkaStreams streams, String store, int partitions, HostInfo self, Serializer<K> keys) {
        this.streams = streams;
        this.store = store;
        this.partitions = partitions;
        this.self = self;
        this.keys = keys;
    }

    @Override
    public List<ReadOnlyKeyValueStore<K, V>> local() {
        List<ReadOnlyKeyValueStore<K, V>> stores = new ArrayList<>();
        for (StreamsMetadata process : processes()) {
            if (process.hostInfo().equals(self)) {
                partitionsOf(process).stream().forEach(partition -> stores.add(open(partition)));
            }
        }
        return stores;
    }

    @Override
    public List<URI> others() {
        Collection<StreamsMetadata> processes = processes();
        BitSet owned = new BitSet();
        List<URI> others = new ArrayList<>();
        for (StreamsMetadata process : processes) {
            BitSet held = partitionsOf(process);
            owned.or(held);
            if (!process.hostInfo().equals(self) && !held.isEmpty()) {
                others.add(endpoint(process.hostInfo()));
            }
        }
        if (owned.cardinality() < partitions) {
            throw new NotQueryableException("store " + store + " has " + owned.cardinality() + " of " + partitions
                    + " partitions assigned, the others move between processes; ask again in a second");
        }
        return others;
    }

    @Override
    public Owner<K, V> ownerOf(K key) {
        KeyQueryMetadata owner;
        try {
            owner = streams.queryMetadataForKey(store, key, keys);
        } catch (IllegalStateException | InvalidStateStoreException e) {
            throw notQueryable(e);
        }
        if (owner == null || owner.equals(KeyQueryMetadata.NOT_AVAILABLE)) {
            throw new NotQueryableException("store " + store + " is starting; ask again in a second");
        }
        return owner.activeHost().equals(self)
                ? new Owner.Here<>(open(owner.partition()))
                : new Owner.There<>(endpoint(owner.activeHost()));
    }

    private Collection<StreamsMetadata> processes() {
        try {
            return streams.streamsMetadataForStore(store);
        } catch (IllegalStateException | InvalidStateStoreException e) {
            throw notQueryable(e);
        }
    }

    private ReadOnlyKeyValueStore<K, V> open(int partition) {
        try {
            return streams.store(StoreQueryParameters.fromNameAndType(store, QueryableStoreTypes.<K, V>keyValueStore())
                    .withPartition(partition));
        } catch (IllegalStateException | InvalidStateStoreException e) {
            throw notQueryable(e);
        }
    }

    private NotQueryableException notQueryable(RuntimeException e) {
        return new NotQueryableException(
                "store " + store + " is not readable while the application is " + streams.state()
                        + "; ask again in a second (" + e.getMessage() + ")",
                e);
    }

    private static BitSet partitionsOf(StreamsMetadata process) {
        BitSet partitions = new BitSet();
        for (TopicPartition source : process.topicPartitions()) {
            partitions.set(source.partition());
        }
        return partitions;
    }

    static URI endpoint(HostInfo host) {
        String name = host.host().contains(":") ? "[" + host.host() + "]" : host.host();
        return URI.create("http://" + name + ":" + host.port());
    }
}
