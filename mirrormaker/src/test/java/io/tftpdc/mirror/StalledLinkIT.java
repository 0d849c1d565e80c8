package io.tftpdc.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tftpdc.mirror.site.SiteFile;
import io.tftpdc.topic.Topics;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links that stand still, with real clusters. */
class StalledLinkIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration NEVER = Duration.ofHours(1);
    private static final String EVENTS = Topics.FILE_EVENTS.name();

    /** A quota of a byte per second at the peer: MirrorMaker's tasks say RUNNING, and nothing comes. */
    @Test
    void aFlowThatStandsStillWhileItSaysItRunsIsReplacedAndCounted(@TempDir Path directory) throws Exception {
        try (TwoSites sites = new TwoSites(directory);
                Admin admin = TwoSites.admin(sites.there);
                KafkaProducer<byte[], byte[]> producer = TwoSites.producer(sites.there, Map.of())) {
            ClientQuotaEntity consumer = new ClientQuotaEntity(
                    Map.of(ClientQuotaEntity.CLIENT_ID, "dc1->dc2|MirrorSourceConnector-0|replication-consumer"));
            SiteFile file = sites.file(Optional.empty(), Duration.ofSeconds(6), Optional.empty());
            try (MirrorMakerProcess mirror = MirrorMakerProcess.start(file)) {
                TwoSites.send(producer, EVENTS, 0, "first");
                await().atMost(PATIENCE).until(() -> sites.mirroredEvents() == 1);

                // when nothing more comes, though the peer answers everybody else
                quota(admin, consumer, 1.0);
                // The quota is noticed with the first fetch over it; the records behind that one wait.
                await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).until(() -> {
                    TwoSites.send(producer, EVENTS, 0, "x".repeat(1000));
                    return TwoSites.metric(mirror, "tftpdc_mirror_stalls_total", "")
                                    .orElseThrow()
                            >= 1;
                });

                // then a new MirrorMaker goes on once the cause is gone, and health has kept it in mind
                quota(admin, consumer, null);
                await().atMost(PATIENCE).untilAsserted(() -> {
                    assertThat(TwoSites.metric(mirror, "tftpdc_mirror_lag_records", EVENTS))
                            .isEqualTo(OptionalDouble.of(0));
                    assertThat(mirror.status().up())
                            .as(mirror.status().detail())
                            .isTrue();
                    assertThat(mirror.status().detail()).contains("stood still");
                    assertThat(TwoSites.metric(mirror, "tftpdc_mirror_restarts_total", "")
                                    .orElseThrow())
                            .isGreaterThanOrEqualTo(1);
                });
            }
        }
    }

    @Test
    void aPeerThatIsAwayLeavesTheOthersAlone(@TempDir Path directory) throws Exception {
        try (TwoSites sites = new TwoSites(directory)) {
            SiteFile one = sites.file(Optional.empty(), NEVER, Optional.empty());
            SiteFile file = new SiteFile(
                    one.site(),
                    one.node(),
                    one.kafka(),
                    one.registryUrl(),
                    List.of(
                            new SiteFile.Peer("dc3", "127.0.0.1:" + closedPort(), Map.of(), Optional.empty()),
                            one.peers().get(0)),
                    one.replicationFactor(),
                    one.tasks(),
                    one.exactlyOnce(),
                    one.compression(),
                    one.stallAfter(),
                    one.reportInterval(),
                    one.ops());
            try (MirrorMakerProcess mirror = MirrorMakerProcess.start(file);
                    KafkaProducer<byte[], byte[]> producer = TwoSites.producer(sites.there, Map.of())) {
                TwoSites.send(producer, EVENTS, 0, "one of two");

                await().atMost(PATIENCE).untilAsserted(() -> {
                    assertThat(sites.mirroredEvents()).isEqualTo(1);
                    assertThat(TwoSites.metric(mirror, "tftpdc_mirror_lag_records", EVENTS))
                            .isEqualTo(OptionalDouble.of(0));
                    assertThat(TwoSites.get(mirror, "/health/ready"))
                            .contains("\"flow-dc1\":{\"status\":\"up\"")
                            .contains("\"flow-dc3\":{\"status\":\"down\"");
                });
                assertThat(TwoSites.metric(mirror, "tftpdc_mirror_restarts_total", ""))
                        .isEqualTo(OptionalDouble.of(0));
                assertThat(TwoSites.get(mirror, "/metrics"))
                        .containsPattern("tftpdc_mirror_lag_records\\{[^}]*peer=\"dc3\"[^}]*} NaN");
            }
        }
    }

    private static int closedPort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void quota(Admin admin, ClientQuotaEntity entity, @Nullable Double rate) throws Exception {
        admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
                        entity, List.of(new ClientQuotaAlteration.Op("consumer_byte_rate", rate)))))
                .all()
                .get(10, TimeUnit.SECONDS);
    }
}
