package io.tftpdc.edge.content;

import io.micrometer.core.instrument.Counter;
import io.tftpdc.edge.policy.FileQuery;
import io.tftpdc.event.FilePath;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Files as another source has them, as long as what it knows is not too old; then clients are told to go elsewhere.
 * Transfers that run go on.
 */
public final class FreshFiles implements FileSource {
    private final FileSource files;
    private final Supplier<OptionalLong> stalenessMillis;
    private final Supplier<Optional<Duration>> allowed;
    private final Counter refusals;

    /**
     * @param stalenessMillis how old it is; empty when it never was complete. Called on event loops: must not block
     * @param allowed how old it may be; empty when that does not matter. Called as often
     */
    public FreshFiles(
            FileSource files,
            Supplier<OptionalLong> stalenessMillis,
            Supplier<Optional<Duration>> allowed,
            Counter refusals) {
        this.files = files;
        this.stalenessMillis = stalenessMillis;
        this.allowed = allowed;
        this.refusals = refusals;
    }

    @Override
    public CompletionStage<Lookup> open(InetSocketAddress client, String requestedPath) {
        Optional<Duration> tooOldFor = tooOldFor();
        return tooOldFor.isEmpty() ? files.open(client, requestedPath) : refused("", requestedPath, tooOldFor.get());
    }

    @Override
    public CompletionStage<Lookup> open(InetSocketAddress client, FileQuery query) {
        FilePath last = query.paths().getLast();
        Optional<Duration> tooOldFor = tooOldFor();
        return tooOldFor.isEmpty()
                ? files.open(client, query)
                : refused(query.tenant().value(), last.value(), tooOldFor.get());
    }

    /** How old it may be, when it is older. */
    private Optional<Duration> tooOldFor() {
        return allowed.get().filter(most -> stalenessMillis.get().orElse(Long.MAX_VALUE) > most.toMillis());
    }

    private CompletionStage<Lookup> refused(String tenant, String path, Duration most) {
        refusals.increment();
        OptionalLong age = stalenessMillis.get();
        String found = age.isPresent() ? age.getAsLong() / 1000 + " s old" : "not read yet";
        return CompletableFuture.completedFuture(new Lookup.Unavailable(
                tenant,
                path,
                "what this node knows is " + found + ", more than the " + most.toSeconds()
                        + " s allowed; ask another node"));
    }
}
