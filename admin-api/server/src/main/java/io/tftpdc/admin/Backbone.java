package io.tftpdc.admin;

import io.tftpdc.admin.tenants.DefineTenantHandler;
import io.tftpdc.admin.tenants.TenantDirectory;
import io.tftpdc.client.FileCatalog;
import io.tftpdc.client.TopicFollower;
import io.tftpdc.event.Tenant;
import io.tftpdc.runtime.HealthCheck;
import io.tftpdc.runtime.HealthSwitch;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.TopicCreator;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaIds;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after what the admin API stands on: at start makes sure that topics and first tenants exist, then keeps asking
 * Kafka and the index whether they answer, so that readiness tells the truth. One thread of its own, which tries again
 * until it succeeds: the API may be started before the cluster.
 */
final class Backbone implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Backbone.class);
    private static final long EAGER_MILLIS = 100;
    private static final long PATIENT_MILLIS = 2_000;
    private static final long KAFKA_SECONDS = 5;

    private final Admin kafka;
    private final TopicCreator topics;
    private final SchemaIds ids;
    private final FileCatalog catalog;
    private final TenantDirectory tenants;
    private final DefineTenantHandler defineTenant;
    private final List<Tenant> firstTenants;
    private final TopicFollower<?, ?> tenantFeed;
    private final List<TopicFollower<?, ?>> feeds;
    private final HealthSwitch kafkaHealth = new HealthSwitch(HealthCheck.Status.down("not asked yet"));
    private final HealthSwitch indexHealth = new HealthSwitch(HealthCheck.Status.down("not asked yet"));
    private final Thread thread =
            Thread.ofPlatform().daemon().name("admin-backbone").unstarted(this::run);

    Backbone(
            Admin kafka,
            TopicCreator topics,
            SchemaIds ids,
            FileCatalog catalog,
            TenantDirectory tenants,
            DefineTenantHandler defineTenant,
            List<Tenant> firstTenants,
            TopicFollower<?, ?> tenantFeed,
            List<TopicFollower<?, ?>> feeds) {
        this.kafka = kafka;
        this.topics = topics;
        this.ids = ids;
        this.catalog = catalog;
        this.tenants = tenants;
        this.defineTenant = defineTenant;
        this.firstTenants = List.copyOf(firstTenants);
        this.tenantFeed = tenantFeed;
        this.feeds = List.copyOf(feeds);
    }

    void start() {
        thread.start();
    }

    HealthCheck.Status kafka() {
        return kafkaHealth.check();
    }

    HealthCheck.Status index() {
        return indexHealth.check();
    }

    HealthCheck.Status tenants() {
        TopicFollower.Status read = tenantFeed.status();
        List<Tenant> missing = firstTenants.stream()
                .filter(tenant -> tenants.find(tenant).isEmpty())
                .toList();
        if (!read.up()) {
            return HealthCheck.Status.down(read.detail());
        }
        return missing.isEmpty()
                ? HealthCheck.Status.up(read.detail())
                : HealthCheck.Status.down("tenants " + missing + " are being created");
    }

    /** Whether all settings that Kafka has are known. */
    HealthCheck.Status settings() {
        TopicFollower.Status read = tenantFeed.status();
        return read.up() ? HealthCheck.Status.up(read.detail()) : HealthCheck.Status.down(read.detail());
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(KAFKA_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!prepare()) {
                Thread.sleep(PATIENT_MILLIS / 2);
            }
            feeds.forEach(TopicFollower::start);
            while (true) {
                boolean allThere = defineFirstTenants();
                checkKafka();
                checkIndex();
                boolean settled = allThere && kafka().up() && index().up();
                Thread.sleep(settled ? PATIENT_MILLIS : EAGER_MILLIS);
            }
        } catch (InterruptedException e) {
            LOG.atDebug().log("No longer looking after Kafka and the index");
        }
    }

    private boolean prepare() {
        try {
            topics.ensure(Topics.all());
            for (Topic<?, ?> topic :
                    List.of(Topics.CONFIG_EVENTS, Topics.NODE_EVENTS, Topics.FILE_EVENTS, Topics.AUDIT_EVENTS)) {
                topic.values().schema().ifPresent(schema -> ids.idOf(topic.name() + "-value", schema));
            }
            return true;
        } catch (KafkaException | IllegalStateException e) {
            kafkaHealth.set(HealthCheck.Status.down("topics and schemas are not ready: " + e.getMessage()));
            LOG.atWarn().setCause(e).log("Topics and schemas are not ready, trying again");
            return false;
        }
    }

    /** Looks each time: when the topic was made anew, they are no more. */
    private boolean defineFirstTenants() {
        if (!tenantFeed.status().up()) {
            return false;
        }
        try {
            for (Tenant tenant : firstTenants) {
                if (tenants.find(tenant).isEmpty()) {
                    defineTenant.define(tenant, "", "admin:start");
                }
            }
            return true;
        } catch (KafkaException | IllegalStateException | IOException e) {
            LOG.atWarn().setCause(e).log("A first tenant was not created, trying again");
            return false;
        }
    }

    private void checkKafka() throws InterruptedException {
        try {
            int nodes = kafka.describeCluster()
                    .nodes()
                    .get(KAFKA_SECONDS, TimeUnit.SECONDS)
                    .size();
            kafkaHealth.set(HealthCheck.Status.up(nodes + " brokers answer"));
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            kafkaHealth.set(HealthCheck.Status.down("the cluster does not answer: " + e));
        }
    }

    private void checkIndex() {
        try {
            catalog.list(firstTenants.isEmpty() ? Tenant.DEFAULT : firstTenants.get(0), "", "", 1, true);
            indexHealth.set(HealthCheck.Status.up("the index answers"));
        } catch (IOException e) {
            indexHealth.set(HealthCheck.Status.down(String.valueOf(e.getMessage())));
        }
    }
}
