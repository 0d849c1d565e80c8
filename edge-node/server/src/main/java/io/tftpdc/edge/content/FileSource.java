package io.tftpdc.edge.content;

import io.tftpdc.edge.policy.FileQuery;
import io.tftpdc.event.FilePath;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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

    /**
     * Looks for the first of some names that is there, for a client whose tenant is known; otherwise like
     * {@link #open(InetSocketAddress, String)}. The answer names what was found, or the last name when nothing was.
     *
     * <p>A source without tenants, which heeds case, need not say more than this.
     */
    default CompletionStage<Lookup> open(InetSocketAddress client, FileQuery query) {
        List<FilePath> paths = query.paths();
        CompletionStage<Lookup> first = open(client, paths.getFirst().value());
        if (paths.size() == 1) {
            return first;
        }
        FileQuery others = new FileQuery(query.tenant(), paths.subList(1, paths.size()), query.ignoreCase());
        return first.thenCompose(answer ->
                answer instanceof Lookup.NotFound ? open(client, others) : CompletableFuture.completedFuture(answer));
    }
}
