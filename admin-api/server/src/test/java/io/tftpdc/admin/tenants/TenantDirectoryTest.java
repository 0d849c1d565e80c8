package io.tftpdc.admin.tenants;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.event.ConfigEvent;
import io.tftpdc.event.ConfigEvent.TenantDefined;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TenantDirectoryTest {
    private static final Tenant ACME = new Tenant("acme");

    private final TenantDirectory directory = new TenantDirectory();

    @Test
    void theGreaterStampCountsInWhateverOrderTheyCome() {
        directory.apply(defined(2, "new"));
        directory.apply(defined(1, "old"));

        assertThat(directory.find(ACME)).hasValue(defined(2, "new"));
        assertThat(directory.all()).containsExactly(defined(2, "new"));
    }

    @Test
    void waitingEndsWithTheDefinitionOrAGreaterOne() throws InterruptedException {
        directory.apply(defined(2, "new"));

        assertThat(directory.await(defined(1, "old"), Duration.ZERO)).isTrue();
        assertThat(directory.await(defined(2, "new"), Duration.ZERO)).isTrue();
        assertThat(directory.await(defined(3, "next"), Duration.ZERO)).isFalse();
    }

    @Test
    void changesThatAreNewerThanThisProgramAreLeftAlone() {
        directory.apply(new ConfigEvent.UnknownConfigEvent(envelope(1), "TenantRenamed"));

        assertThat(directory.all()).isEmpty();
    }

    private static TenantDefined defined(long time, String description) {
        return new TenantDefined(envelope(time), ACME, description);
    }

    private static EventEnvelope envelope(long time) {
        return new EventEnvelope(
                new EventId(new UUID(time, 0)), new SiteName("dc1"), HybridTime.of(time, 0), "user:anna");
    }
}
