package io.tftpdc.objects;

import io.tftpdc.event.ObjectLocation;
import io.tftpdc.event.Tenant;
import io.tftpdc.objects.ObjectStoreException.Kind;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stores that a process may read objects from. A location that none of them covers is not read: whoever may publish
 * must not be able to have this process ask addresses of his choice.
 *
 * <p>Any thread may read; see {@link ObjectStore}.
 */
public final class ObjectStores implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectStores.class);

    private static final int ORIGINS_NAMED = 5;

    /** One that is configured. */
    public record Configured(ObjectStoreConfig config, ObjectStore store) {

        /** Reads exactly these bytes; see {@link ObjectStore#read}. */
        public byte[] read(ObjectLocation object, long offset, int length) throws ObjectStoreException {
            return store.read(object, offset, length, Optional.empty());
        }

        private boolean covers(ObjectLocation object) {
            return object.uri().startsWith(config.url());
        }
    }

    /** What an object is, and its bytes from the first to the last. */
    public record Opened(ObjectInfo info, InputStream bytes) {}

    private final List<Configured> stores;

    private ObjectStores(List<Configured> stores) {
        this.stores = stores.stream()
                .sorted(Comparator.comparingInt(
                        (Configured one) -> -one.config().url().length()))
                .toList();
    }

    /** Reads from nowhere. */
    public static ObjectStores none() {
        return new ObjectStores(List.of());
    }

    /**
     * Loads the plugins that are needed, and no others.
     *
     * @throws IllegalArgumentException when a store cannot be configured so; the message names it
     */
    public static ObjectStores open(List<ObjectStoreConfig> configured) {
        return open(configured, StorePlugins.besideThisProgram());
    }

    /** With plugins from another directory. */
    public static ObjectStores open(List<ObjectStoreConfig> configured, Optional<Path> plugins) {
        StorePlugins factories = new StorePlugins(plugins);
        List<Configured> opened = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Set<String> urls = new HashSet<>();
        try {
            for (ObjectStoreConfig config : configured) {
                if (!names.add(config.name()) || !urls.add(config.url())) {
                    throw new IllegalArgumentException(
                            "another store has the same name or url; give each a name and a url of its own");
                }
                opened.add(new Configured(config, factories.create(config)));
            }
            return new ObjectStores(opened);
        } catch (IllegalArgumentException e) {
            int failed = Math.min(opened.size(), configured.size() - 1);
            new ObjectStores(opened).close();
            throw new IllegalArgumentException(
                    "`object-stores[" + failed + "]` (" + configured.get(failed).name() + "): " + e.getMessage(), e);
        }
    }

    public List<Configured> all() {
        return stores;
    }

    /**
     * The store that an object is read from.
     *
     * @throws ObjectStoreException when there is none, or the location is none that is read
     */
    public Configured of(ObjectLocation object) throws ObjectStoreException {
        Optional<String> problem = ObjectLocation.problem(object.uri());
        if (problem.isPresent()) {
            throw ObjectStoreException.withoutStore(Kind.UNSUPPORTED, object, problem.get());
        }
        return stores.stream()
                .filter(store -> store.covers(object))
                .findFirst()
                .orElseThrow(() -> ObjectStoreException.withoutStore(
                        Kind.UNCONFIGURED,
                        object,
                        "no store is configured for it; expected an entry of object-stores whose url its whole location"
                                + " begins with, and there " + origins()));
    }

    /** Where the stores are, in a few words however many there are. */
    private String origins() {
        List<String> origins = stores.stream()
                .map(store -> new ObjectLocation(store.config().url()).origin())
                .distinct()
                .sorted()
                .toList();
        int more = origins.size() - ORIGINS_NAMED;
        return origins.isEmpty()
                ? "is none"
                : "are such at "
                        + origins.stream().limit(ORIGINS_NAMED).collect(Collectors.joining(", "))
                        + (more > 0 ? " and " + more + " other places" : "");
    }

    /** Some bytes of an object, which the caller checks; see {@link ObjectStore#read}. */
    public byte[] read(ObjectLocation object, long offset, int length) throws ObjectStoreException {
        return of(object).read(object, offset, length);
    }

    /**
     * An object that is about to be published.
     *
     * @param tenant who must be allowed to: the publisher reads with this process's rights
     * @return with the stream, which reads on when a read fails for a while, and fails when the object changes under it
     * @throws ObjectStoreException when it cannot be read
     */
    public Opened open(Tenant tenant, ObjectLocation object) throws ObjectStoreException {
        Configured store = of(object);
        List<String> tenants = store.config().tenants();
        if (!tenants.isEmpty() && !tenants.contains(tenant.value())) {
            throw new ObjectStoreException(
                    Kind.REFUSED,
                    store.config().name(),
                    object,
                    0,
                    "tenant " + tenant + " may not publish from this store; its tenants are " + tenants);
        }
        ObjectInfo info = store.store().describe(object);
        if (info.tag().isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("store", store.config().name())
                    .addKeyValue("object", object)
                    .log("Object has no strong ETag and no Last-Modified: if it changes while it is read, what is"
                            + " published is found to be wrong only when it is fetched");
        }
        return new Opened(info, new ObjectStream(store.store(), info));
    }

    @Override
    public void close() {
        for (Configured one : stores) {
            try {
                one.store().close();
            } catch (RuntimeException e) {
                LOG.atWarn()
                        .addKeyValue("store", one.config().name())
                        .setCause(e)
                        .log("Closing an object store failed");
            }
        }
    }
}
