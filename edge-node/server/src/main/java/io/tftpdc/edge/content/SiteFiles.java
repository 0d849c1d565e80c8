package io.tftpdc.edge.content;

import io.tftpdc.edge.index.FileIndexView;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.FilePath;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.SiteVariant;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.FileIndexEntry;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The index as one site's clients see it: a file's {@linkplain SiteVariant variant} for this site where there is one,
 * otherwise the file that all sites have. The names of variants themselves do not exist here.
 *
 * <p>A tenant without variants for this site costs one look at the change counter more than the index alone. With them a
 * file is looked up twice the first time, and then once until the index changes.
 *
 * <p>Any thread; fit for event loops, as the index is.
 */
final class SiteFiles {
    private static final int MOST_REMEMBERED = 1024;

    private final FileIndexView index;
    private final SiteName site;
    private volatile Known known = new Known(-1);

    SiteFiles(FileIndexView index, SiteName site) {
        this.index = index;
        this.site = site;
    }

    /** What was found since the index changed last; one that is out of date is never asked again. */
    private static final class Known {
        final long changes;
        final Map<Tenant, Boolean> variants = new ConcurrentHashMap<>();
        final Map<FileKey, FileIndexEntry> served = new ConcurrentHashMap<>();

        Known(long changes) {
            this.changes = changes;
        }
    }

    /** The entry of what is served under this name, which is there and not removed. */
    Optional<FileIndexEntry> find(FileKey key) {
        if (SiteVariant.isReserved(key.path().value())) {
            return Optional.empty();
        }
        Known now = known();
        if (!mayHaveVariants(now, key.tenant())) {
            return there(index.find(key));
        }
        FileIndexEntry remembered = now.served.get(key);
        if (remembered != null) {
            return Optional.of(remembered);
        }
        Optional<FileIndexEntry> found =
                variantOf(key).flatMap(variant -> there(index.find(variant))).or(() -> there(index.find(key)));
        if (now.served.size() >= MOST_REMEMBERED) {
            now.served.clear();
        }
        found.ifPresent(entry -> now.served.put(key, entry));
        return found;
    }

    /** As {@link #find}, of a file whose name differs from this one in the case of its letters at most. */
    Optional<FileIndexEntry> findIgnoringCase(FileKey key) {
        if (SiteVariant.isReserved(key.path().value())) {
            return Optional.empty();
        }
        Optional<FileIndexEntry> variant = mayHaveVariants(known(), key.tenant())
                ? variantOf(key).flatMap(index::findIgnoringCase)
                : Optional.empty();
        return variant.or(() -> index.findIgnoringCase(key));
    }

    /** The name that clients use for a file of the index. */
    static FilePath askedFor(FilePath name) {
        return SiteVariant.of(name).map(SiteVariant::path).orElse(name);
    }

    private Known known() {
        long changes = index.changes();
        Known last = known;
        if (last.changes == changes) {
            return last;
        }
        Known next = new Known(changes);
        known = next;
        return next;
    }

    private boolean mayHaveVariants(Known now, Tenant tenant) {
        return now.variants.computeIfAbsent(
                tenant, of -> index.anyBelow(new FileKey(of, new FilePath(SiteVariant.PREFIX + site))));
    }

    /** Empty when the path is so long that no variant can have a name. */
    private Optional<FileKey> variantOf(FileKey key) {
        String name = SiteVariant.PREFIX + site + "/" + key.path();
        return FilePath.parse(name) instanceof FilePath.Parsed.Valid valid
                ? Optional.of(new FileKey(key.tenant(), valid.path()))
                : Optional.empty();
    }

    private static Optional<FileIndexEntry> there(Optional<FileIndexEntry> entry) {
        return entry.filter(known -> known.current().isPresent());
    }
}
