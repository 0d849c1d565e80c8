package io.tftpdc.objects;

import io.tftpdc.event.ObjectLocation;
import java.util.Optional;
import java.util.function.Supplier;

/** Calls a plugin with its own class loader as the thread's, which libraries look for their parts with. */
final class InPlugin implements ObjectStore {
    private final ClassLoader loader;
    private final ObjectStore store;

    InPlugin(ClassLoader loader, Supplier<ObjectStore> store) {
        this.loader = loader;
        this.store = within(store::get);
    }

    @Override
    public ObjectInfo describe(ObjectLocation object) throws ObjectStoreException {
        return within(() -> store.describe(object));
    }

    @Override
    public byte[] read(ObjectLocation object, long offset, int length, Optional<String> unchanged)
            throws ObjectStoreException {
        return within(() -> store.read(object, offset, length, unchanged));
    }

    @Override
    public void close() {
        this.<RuntimeException>run(store::close);
    }

    private interface Call<T, X extends Exception> {
        T run() throws X;
    }

    private <X extends Exception> void run(Runnable call) throws X {
        this.<Boolean, X>within(() -> {
            call.run();
            return true;
        });
    }

    private <T, X extends Exception> T within(Call<T, X> call) throws X {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return call.run();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
