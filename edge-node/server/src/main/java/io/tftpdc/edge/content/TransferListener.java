package io.tftpdc.edge.content;

/** Told about every finished transfer, and about every request that never became one. */
@FunctionalInterface
public interface TransferListener {

    /** Called on an event loop: must never block, and should not throw. */
    void finished(TransferReport report);
}
