package io.tftpdc.edge.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tftpdc.edge.policy.FileQuery;
import io.tftpdc.event.FilePath;
import io.tftpdc.event.Tenant;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FreshFilesTest {
    private static final InetSocketAddress CLIENT = new InetSocketAddress("127.0.0.1", 4711);
    private static final FileQuery QUERY = new FileQuery(new Tenant("lab"), List.of(new FilePath("x")), false);

    private final Counter refusals = new SimpleMeterRegistry().counter("refusals");
    private OptionalLong age = OptionalLong.of(0);
    private final FileSource files = new FreshFiles(
            (client, path) -> CompletableFuture.completedFuture(new Lookup.NotFound("lab", path)),
            () -> age,
            () -> Optional.of(Duration.ofSeconds(10)),
            refusals);

    @Test
    void whatIsFreshEnoughIsAskedFor() {
        age = OptionalLong.of(10_000);

        assertThat(files.open(CLIENT, QUERY)).isCompletedWithValue(new Lookup.NotFound("lab", "x"));
        assertThat(files.open(CLIENT, "x")).isCompletedWithValue(new Lookup.NotFound("lab", "x"));
        assertThat(refusals.count()).isZero();
    }

    @Test
    void whatIsTooOldIsRefusedAndCounted() {
        age = OptionalLong.of(10_001);

        assertThat(files.open(CLIENT, QUERY)).isCompletedWithValue(unavailable("lab", "10 s old"));
        assertThat(files.open(CLIENT, "x")).isCompletedWithValue(unavailable("", "10 s old"));
        assertThat(refusals.count()).isEqualTo(2);
    }

    @Test
    void whatWasNeverCompleteIsTooOld() {
        age = OptionalLong.empty();

        assertThat(files.open(CLIENT, QUERY)).isCompletedWithValue(unavailable("lab", "not read yet"));
    }

    private static Lookup unavailable(String tenant, String found) {
        return new Lookup.Unavailable(
                tenant, "x", "what this node knows is " + found + ", more than the 10 s allowed; ask another node");
    }
}
