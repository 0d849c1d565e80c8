package io.tftpdc.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.IndexDigest;
import io.tftpdc.index.convergence.DigestReport;
import io.tftpdc.index.convergence.DigestReport.BucketKey;
import io.tftpdc.index.convergence.RepairPlan;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store stands for the changelog, which goes with the task; everything else begins anew where the task comes to. */
class DifferenceAlertsTest {
    private static final SiteName DC2 = new SiteName("dc2");
    private static final BucketKey BUCKET = new BucketKey(Tenant.DEFAULT, 7);

    @TempDir
    private java.nio.file.Path directory;

    private KeyValueStore<String, byte[]> store;
    private long now = 1_000_000;

    @BeforeEach
    void open() {
        store = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(DifferenceAlerts.NAME), Serdes.String(), Serdes.ByteArray())
                .withLoggingDisabled()
                .build();
        MockProcessorContext<Object, Object> context = new MockProcessorContext<>(
                new Properties(), new org.apache.kafka.streams.processor.TaskId(0, 0), directory.toFile());
        store.init(context.getStateStoreContext(), store);
    }

    @Test
    void anAlertIsClearedByTheProcessThatHoldsThePartitionThen() {
        RepairPlan here = plan(new IndexDigest(1, 0, 0, 0));
        for (int i = 0; i < 6; i++) {
            attempt(here);
        }
        assertThat(new DifferenceAlerts(store).look(here))
                .containsExactly(new DifferenceAlerts.Change.Raised(DC2, List.of(BUCKET)));
        assertThat(new DifferenceAlerts(store).look(here)).as("once").isEmpty();

        RepairPlan there = plan(new IndexDigest(1, 0, 0, 0));
        there.due(now);
        assertThat(there.hopeless(DC2)).as("attempts are counted anew").isEmpty();
        assertThat(new DifferenceAlerts(store).look(there))
                .as("it differs still")
                .isEmpty();
        there.own(BUCKET, new IndexDigest(2, 0, 0, 0), now);
        there.due(now);

        assertThat(new DifferenceAlerts(store).look(there)).containsExactly(new DifferenceAlerts.Change.Cleared(DC2));
        assertThat(new DifferenceAlerts(store).look(there)).isEmpty();
    }

    @Test
    void anAlertAboutASiteThatWasRemovedIsOver() {
        RepairPlan plan = plan(new IndexDigest(1, 0, 0, 0));
        for (int i = 0; i < 6; i++) {
            attempt(plan);
        }
        assertThat(new DifferenceAlerts(store).look(plan)).hasSize(1);
        plan.forget(DC2, now);

        assertThat(new DifferenceAlerts(store).look(plan)).containsExactly(new DifferenceAlerts.Change.Cleared(DC2));
    }

    /** The peer's bucket has the digest 2. */
    private RepairPlan plan(IndexDigest own) {
        RepairPlan plan = new RepairPlan(new SiteName("dc1"), new RepairPlan.Settings(1_000, 1_000_000, 2_000));
        plan.own(BUCKET, own, now);
        plan.peer(new DigestReport.Alive(DC2, 0, 1, now), now);
        IndexDigest theirs = new IndexDigest(2, 0, 0, 0);
        plan.peer(new DigestReport.Bucket(DC2, 0, 1, now, BUCKET, theirs, theirs, 1, 0), now);
        return plan;
    }

    private void attempt(RepairPlan plan) {
        now += 10_000;
        plan.due(now);
        plan.peer(new DigestReport.Listing(DC2, 0, 1, now, BUCKET, List.of()), now);
        plan.due(now).forEach(due -> plan.done(due, now));
    }
}
