package io.tftpdc.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tftpdc.broker.EmbeddedKafka;
import io.tftpdc.client.TenantInfo;
import io.tftpdc.client.TftpdcClient;
import io.tftpdc.topic.TopicCreator;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.DerivedSchemaIds;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody deletes {@code tftp.config-events} and makes it anew while the admin API runs. */
class ConfigTopicMadeAnewIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void theAdminApiKnowsWhatTheNewTopicHasAndDefinesTheFirstTenantsInIt() throws Exception {
        try (EmbeddedKafka broker = EmbeddedKafka.startForTests(directory);
                Admin kafka = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
                StandingIndex index = new StandingIndex();
                AdminServer admin = AdminServer.start(
                        AdminConfig.of("dc1", broker.bootstrapServers(), 0, URI.create("http://unused"), index.url()),
                        new DerivedSchemaIds());
                TftpdcClient client = new TftpdcClient(URI.create(admin.url()))) {
            await().atMost(PATIENCE).until(() -> admin.health().ready().up());
            client.createTenant("lab", "");
            client.set("max-block-size", "all", "1000");
            assertThat(tenants(client)).containsExactly("default", "lab");

            Uuid before = topicId(kafka);
            kafka.deleteTopics(List.of(Topics.CONFIG_EVENTS.name())).all().get();
            // The broker forgets a topic a moment after it has agreed to.
            await().atMost(PATIENCE).ignoreExceptions().until(() -> {
                new TopicCreator(kafka, (short) 1).ensure(List.of(Topics.CONFIG_EVENTS));
                return !topicId(kafka).equals(before);
            });

            await().atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(IOException.class) // not ready while it reads
                    .until(() -> tenants(client).equals(List.of("default")));
            await().atMost(PATIENCE).until(() -> admin.health().ready().up());
            assertThat(client.settings("").settings()).isEmpty();
            assertThat(client.settings("").digest()).isEqualTo("-");
        }
    }

    private static Uuid topicId(Admin kafka) throws Exception {
        return kafka.describeTopics(List.of(Topics.CONFIG_EVENTS.name())).allTopicNames().get().values().stream()
                .map(TopicDescription::topicId)
                .findFirst()
                .orElseThrow();
    }

    private static List<String> tenants(TftpdcClient client) throws IOException {
        return client.tenants().stream().map(TenantInfo::name).toList();
    }
}
