package io.tftpdc.edge.content;

import io.tftpdc.edge.index.FileIndexView;
import io.tftpdc.edge.policy.FileQuery;
import io.tftpdc.edge.policy.TenantMap;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.FilePath;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.SiteVariant;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileRevision;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * Files as the index says: the client's address names the tenant, the index names the version, this site's variant
 * before the one that all sites have, and the version is
 * opened when its first chunk is here. The rest comes while it is being read.
 */
public final class IndexedFileSource implements FileSource {
    private final FileIndexView index;
    private final SiteFiles files;
    private final ContentStore store;
    private final ContentFetcher fetcher;
    private final TenantMap tenants;
    private final IndexedOpenFile.Fetching fetching;

    /**
     * @param site whose variants are served
     * @param patience how long a client waits for a chunk that has to be fetched
     * @param readAhead how many chunks beyond the one being read are fetched
     */
    public IndexedFileSource(
            FileIndexView index,
            SiteName site,
            ContentStore store,
            ContentFetcher fetcher,
            TenantMap tenants,
            Duration patience,
            int readAhead) {
        this.index = index;
        this.files = new SiteFiles(index, site);
        this.store = store;
        this.fetcher = fetcher;
        this.tenants = tenants;
        this.fetching = new IndexedOpenFile.Fetching(patience, readAhead);
    }

    @Override
    public CompletionStage<Lookup> open(InetSocketAddress client, String requestedPath) {
        Tenant tenant = tenants.tenantOf(client.getAddress());
        return switch (FilePath.parse(requestedPath)) {
            case FilePath.Parsed.Valid valid
            when SiteVariant.isReserved(valid.path().value()) ->
                now(new Lookup.Refused(tenant.value(), requestedPath, "the name is reserved"));
            case FilePath.Parsed.Valid valid -> open(client, new FileQuery(tenant, List.of(valid.path()), false));
            case FilePath.Parsed.Invalid invalid ->
                now(new Lookup.Refused(tenant.value(), requestedPath, invalid.reason()));
        };
    }

    @Override
    public CompletionStage<Lookup> open(InetSocketAddress client, FileQuery query) {
        for (FilePath path : query.paths()) {
            FileKey key = new FileKey(query.tenant(), path);
            Optional<FileIndexEntry> entry = files.find(key);
            if (entry.isEmpty() && query.ignoreCase()) {
                entry = files.findIgnoringCase(key);
            }
            Optional<FileRevision.Published> version = entry.flatMap(FileIndexEntry::current);
            if (version.isPresent()) {
                FilePath name = SiteFiles.askedFor(entry.get().key().path());
                return open(new FileKey(query.tenant(), name), version.get());
            }
        }
        return now(missing(new FileKey(query.tenant(), query.paths().getLast())));
    }

    private CompletionStage<Lookup> open(FileKey key, FileRevision.Published version) {
        FileContent content = version.content();
        IndexedOpenFile file = new IndexedOpenFile(key, version, store, fetcher, fetching);
        int first = (int) Math.min(content.size(), content.chunkSize());
        if (file.resident(0, first)) {
            return now(new Lookup.Found(file));
        }
        return file.load(0, first).handle((loaded, error) -> {
            if (error == null) {
                return new Lookup.Found(file);
            }
            file.close();
            Throwable cause =
                    error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
            return unavailable(key, String.valueOf(cause.getMessage()));
        });
    }

    /** What the index does not know does not exist, provided that the index was complete once. */
    private Lookup missing(FileKey key) {
        return index.everComplete()
                ? new Lookup.NotFound(key.tenant().value(), key.path().value())
                : unavailable(key, "this node is still reading its index for the first time; try again");
    }

    private static Lookup unavailable(FileKey key, String reason) {
        return new Lookup.Unavailable(key.tenant().value(), key.path().value(), reason);
    }

    private static CompletionStage<Lookup> now(Lookup lookup) {
        return CompletableFuture.completedFuture(lookup);
    }
}
