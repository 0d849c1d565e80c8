package io.tftpdc.edge.content;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletionStage;

/** Finds the file a client asks for. Called on an event loop: must not block. */
public interface FileSource {

    /**
     * Looks up one request.
     *
     * <p>The stage may complete on any thread and should complete normally with one of the {@link Lookup} cases; an
     * exceptional completion is a bug or a broken store, and the client is told only that the server failed. When
     * the answer is {@link Lookup.Found}, the caller owns the file and closes it exactly once.
     *
     * @param client the endpoint the request came from; its address may decide tenant and access
     * @param requestedPath the name as asked for with slashes normalised: no leading slash, no backslash, no
     *     {@code .} or {@code ..} segment, no control character, never empty
     */
    CompletionStage<Lookup> open(InetSocketAddress client, String requestedPath);
}
