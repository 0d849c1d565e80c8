package io.tftpdc.registry;

/** Carries a {@link RegistryError} out of a resource or the store to the one place that writes error answers. */
final class RegistryException extends RuntimeException {

    private final transient RegistryError error;

    RegistryException(RegistryError error) {
        super(error.message());
        this.error = error;
    }

    RegistryException(RegistryError error, Throwable cause) {
        super(error.message(), cause);
        this.error = error;
    }

    RegistryError error() {
        return error;
    }
}
