package io.tftpdc.objects;

import io.tftpdc.event.ObjectLocation;
import io.tftpdc.objects.ObjectStoreException.Kind;
import java.util.Optional;

/** Stands where a store would be whose plugin cannot be loaded. */
record UnloadedStore(String name, String problem) implements ObjectStore {

    @Override
    public ObjectInfo describe(ObjectLocation object) throws ObjectStoreException {
        throw unloaded(object);
    }

    @Override
    public byte[] read(ObjectLocation object, long offset, int length, Optional<String> unchanged)
            throws ObjectStoreException {
        throw unloaded(object);
    }

    private ObjectStoreException unloaded(ObjectLocation object) {
        return new ObjectStoreException(Kind.UNCONFIGURED, name, object, 0, problem);
    }

    @Override
    public void close() {
        // Nothing was opened.
    }
}
