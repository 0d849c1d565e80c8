package io.tftpdc.objects;

import io.tftpdc.event.ObjectLocation;
import java.util.Optional;

/**
 * Reads objects of one store; writes nothing. Every method may be called by several threads at once and may block, but no
 * longer than {@link ObjectStoreConfig#timeout}: whoever reads has clients who wait. It tries once; trying again is the
 * caller's, who knows how long it is worth.
 */
public interface ObjectStore extends AutoCloseable {

    /**
     * What is there now.
     *
     * @throws ObjectStoreException when it cannot be told
     */
    ObjectInfo describe(ObjectLocation object) throws ObjectStoreException;

    /**
     * Some bytes of it.
     *
     * @param unchanged what {@link ObjectInfo#tag} said; the bytes come only if the object is still that one. Without it
     *     the caller checks what comes by its hash
     * @return exactly as many bytes
     * @throws ObjectStoreException when they cannot be had
     */
    byte[] read(ObjectLocation object, long offset, int length, Optional<String> unchanged) throws ObjectStoreException;

    /** Ends connections; reads that are running fail. */
    @Override
    void close();
}
