package io.tftpdc.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.mirror.site.Bandwidth;
import io.tftpdc.mirror.site.SiteFile;
import io.tftpdc.runtime.Secret;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.Topics;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.connect.mirror.MirrorMakerConfig;
import org.apache.kafka.connect.mirror.MirrorSourceConnector;
import org.apache.kafka.connect.mirror.SourceAndTarget;
import org.junit.jupiter.api.Test;

class MirrorSettingsTest {
    private static final SiteFile FILE = new SiteFile(
            "dc1",
            "mirror-1",
            new SiteFile.Kafka("kafka.dc1:9092", Map.of()),
            Optional.empty(),
            List.of(
                    new SiteFile.Peer("dc2", "kafka.dc2:9092", Map.of(), Optional.empty()),
                    new SiteFile.Peer(
                            "dc3",
                            "kafka.dc3:9092",
                            Map.of(
                                    "security.protocol",
                                    Secret.of("SASL_SSL"),
                                    "sasl.jaas.config",
                                    Secret.of("username=mirror password=hunter2"),
                                    "client.rack",
                                    Secret.of("rack-7")),
                            Optional.of(Bandwidth.of("2MiB/s")))),
            3,
            4,
            true,
            "zstd",
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            new SiteFile.Ops("127.0.0.1", 0));

    private final Map<String, String> settings = MirrorSettings.of(FILE);

    @Test
    void everythingFlowsIntoThisSiteAndNothingOutOfIt() {
        assertThat(settings)
                .containsEntry("clusters", "dc1,dc2,dc3")
                .containsEntry("dc2->dc1.enabled", "true")
                .containsEntry("dc3->dc1.enabled", "true")
                .containsEntry("dc1->dc2.enabled", "false")
                .containsEntry("dc1->dc3.enabled", "false")
                .doesNotContainKeys("dc2->dc3.enabled", "dc3->dc2.enabled")
                .containsEntry("offset-syncs.topic.location", "target")
                .containsEntry("emit.heartbeats.enabled", "false")
                .containsEntry("groups.exclude", ".*");
    }

    @Test
    void exactlyTheMirroredTopicsMatchAndNothingThatWasMirroredBefore() {
        List<Pattern> allowed = Arrays.stream(
                        settings.getOrDefault("topics", "").split(","))
                .map(Pattern::compile)
                .toList();

        for (Topic<?, ?> topic : Topics.all()) {
            assertThat(matches(allowed, topic.name())).as(topic.name()).isEqualTo(topic.mirrored());
            assertThat(matches(allowed, "dc2." + topic.name()))
                    .as("already mirrored")
                    .isFalse();
        }
        assertThat(matches(allowed, "tftp.publish.default")).isFalse();
        assertThat(matches(allowed, "tftpxfile-events")).isFalse();
    }

    @Test
    void onlyWhatAPeerCommittedIsRead() {
        assertThat(settings)
                .containsEntry("dc2.consumer.isolation.level", "read_committed")
                .containsEntry("dc3.consumer.isolation.level", "read_committed");
    }

    @Test
    void theWorkerIsSetUpAsMeasured() {
        assertThat(settings)
                .containsEntry("dc1.exactly.once.source.support", "enabled")
                .containsEntry("dc1.scheduled.rebalance.max.delay.ms", "0")
                .containsEntry("plugin.discovery", "service_load")
                .containsEntry("dc1.plugin.discovery", "service_load")
                .containsEntry("dc2.plugin.discovery", "service_load")
                .containsEntry("replication.policy.class", "org.apache.kafka.connect.mirror.DefaultReplicationPolicy")
                .containsEntry("refresh.topics.interval.seconds", "5")
                .containsEntry("sync.topic.configs.interval.seconds", "5")
                .containsEntry("tasks.max", "4")
                .containsEntry("replication.factor", "3")
                .containsEntry("offset.storage.replication.factor", "3");
    }

    @Test
    void theTopicsHereAreThoseOfEachPeer() {
        long mirrored = Topics.all().stream().filter(Topic::mirrored).count();

        assertThat(MirrorSettings.mirroredTopics(FILE))
                .hasSize((int) (2 * mirrored))
                .extracting(Topic::name)
                .contains("dc2.tftp.file-events", "dc3.tftp.content")
                .doesNotContain("dc2.tftp.file-index");
    }

    @Test
    void whatTheFileSaysOfAClusterReachesEveryClientOfIt() {
        MirrorMakerConfig config = new MirrorMakerConfig(settings);
        Map<String, String> connector =
                config.connectorBaseConfig(new SourceAndTarget("dc3", "dc1"), MirrorSourceConnector.class);

        for (String client : List.of("consumer", "producer", "admin")) {
            assertThat(connector)
                    .as(client)
                    .containsEntry("source." + client + ".security.protocol", "SASL_SSL")
                    .containsEntry("source." + client + ".sasl.jaas.config", "username=mirror password=hunter2")
                    // of which MirrorMaker itself knows nothing
                    .containsEntry("source." + client + ".client.rack", "rack-7");
            assertThat(connector).doesNotContainKey("target." + client + ".security.protocol");
        }
    }

    @Test
    void aLimitedLinkIsPacedAndTheOthersAreNot() {
        assertThat(settings)
                .containsEntry("dc3.consumer.interceptor.classes", "io.tftpdc.mirror.LinkPace")
                .containsEntry("dc3.consumer.tftpdc.bytes.per.second", "2097152")
                .containsEntry("dc3.consumer.tftpdc.link", "dc3->dc1")
                .containsEntry("dc3.consumer.fetch.max.bytes", "1048576")
                .doesNotContainKeys("dc2.consumer.interceptor.classes", "dc2.consumer.fetch.max.bytes")
                .containsEntry("dc1.producer.compression.type", "zstd");
    }

    private static boolean matches(List<Pattern> patterns, String name) {
        return patterns.stream().anyMatch(pattern -> pattern.matcher(name).matches());
    }
}
