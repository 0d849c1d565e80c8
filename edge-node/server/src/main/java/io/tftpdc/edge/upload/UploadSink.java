package io.tftpdc.edge.upload;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Where the bytes of one upload go. All methods are called by one event loop and none blocks: bytes are copied, and
 * hashed and written elsewhere.
 */
public interface UploadSink {

    /** The tenant the file will belong to. */
    String tenant();

    /** The path inside the tenant. */
    String path();

    /** Bytes of content that may come at the most; beyond, the upload is refused. */
    long mostBytes();

    /**
     * Takes the next bytes of content, in order.
     *
     * @param bytes used up, and the caller's again, when this returns
     */
    void accept(ByteBuffer bytes);

    /**
     * Whether there is room for another window. While there is not, the client is to be held back by not acknowledging
     * what it sent.
     */
    boolean ready();

    /**
     * Runs the task once, on any thread, when {@link #ready} has become true, or when the upload has failed.
     * At most one task waits; another one takes its place.
     */
    void whenReady(Runnable task);

    /** Whether the upload cannot succeed any more: {@link #failure} says why. */
    boolean hasFailed();

    /** Why the upload cannot succeed any more, as soon as that is known. */
    Optional<UploadResult.Refused> failure();

    /**
     * Takes the end of the content and makes the file visible.
     *
     * @return completes within the time that the rule allows, on any thread, never exceptionally: with
     *     {@link UploadResult.Stored} once the file is where it cannot be lost
     */
    CompletionStage<UploadResult> commit();

    /** Gives the upload up; nothing of it stays. Does nothing after {@link #commit} has completed. Idempotent. */
    void abort();
}
