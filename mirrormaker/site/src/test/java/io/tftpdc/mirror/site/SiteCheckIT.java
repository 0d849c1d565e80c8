package io.tftpdc.mirror.site;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.broker.BrokerConfig;
import io.tftpdc.broker.EmbeddedKafka;
import io.tftpdc.runtime.KafkaClientSettings;
import io.tftpdc.runtime.Secret;
import io.tftpdc.topic.TopicCreator;
import io.tftpdc.topic.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The check against real clusters, healthy, faulty and guarded. */
class SiteCheckIT {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @Test
    void twoSitesThatFitHaveNoProblemAndThenEveryFaultIsNamedAtOnce(@TempDir Path first, @TempDir Path second)
            throws Exception {
        try (EmbeddedKafka one = EmbeddedKafka.startForTests(first);
                EmbeddedKafka two = start(second, Map.of("message.max.bytes", "1048588"))) {
            // given two sites that fit
            Map<String, Object> here = settings(one, Map.of());
            Map<String, Object> there = settings(two, Map.of());
            createTopics(here);
            createTopics(there);
            send(here, Topics.NODE_EVENTS.name(), "dc1/edge-1", "x", null);
            send(there, Topics.NODE_EVENTS.name(), "dc2/edge-1", "x", null);

            CheckReport healthy = check(file(one, Map.of(), 1, peer("dc2", two, Map.of())));
            assertThat(healthy.problems()).as(text(healthy)).isEmpty();
            assertThat(text(healthy))
                    .contains("cluster ", "its nodes call their site dc1 too", "its nodes call their site dc2 too")
                    .endsWith("no problems");

            // when almost everything goes wrong
            try (Admin admin = Admin.create(there)) {
                admin.deleteTopics(List.of(
                                Topics.FILE_EVENTS.name(),
                                Topics.CONTENT.name(),
                                Topics.CONFIG_EVENTS.name(),
                                Topics.NODE_EVENTS.name()))
                        .all()
                        .get(10, TimeUnit.SECONDS);
                createEventually(
                        admin,
                        new NewTopic(Topics.FILE_EVENTS.name(), 3, (short) 1)
                                .configs(Map.of("cleanup.policy", "compact")));
                createEventually(
                        admin,
                        new NewTopic(Topics.CONFIG_EVENTS.name(), 6, (short) 1)
                                .configs(Map.of("retention.ms", "3600000")));
                createEventually(
                        admin,
                        new NewTopic(Topics.NODE_EVENTS.name(), 1, (short) 1)
                                .configs(Topics.NODE_EVENTS.settings().configs()));
                createEventually(admin, new NewTopic("paris.tftp.node-events", 1, (short) 1));
            }
            send(
                    there,
                    Topics.NODE_EVENTS.name(),
                    "berlin/edge-1",
                    "x",
                    Clock.systemUTC().millis() + 3_600_000);
            send(there, "paris.tftp.node-events", "dc1/edge-1", "x", null);
            try (Admin admin = Admin.create(here)) {
                createEventually(
                        admin,
                        new NewTopic(MirroredPositions.topicOf("dc2"), 1, (short) 1)
                                .configs(Map.of("cleanup.policy", "compact")));
                createEventually(admin, new NewTopic("dc9.tftp.file-events", 6, (short) 1));
            }
            send(
                    here,
                    MirroredPositions.topicOf("dc2"),
                    "[\"MirrorSourceConnector\",{\"cluster\":\"dc2\",\"partition\":1,\"topic\":\"tftp.audit-events\"}]",
                    "{\"offset\":41}",
                    null);
            CheckReport faulty = check(file(
                    one,
                    Map.of(),
                    3,
                    peer("dc2", two, Map.of()),
                    peer("dc3", "127.0.0.1:" + closedPort(), Map.of()),
                    peer("dc4", one, Map.of())));

            // then each is named, with what to do, and nothing else is
            assertThat(faulty.problems())
                    .allSatisfy(problem ->
                            assertThat(problem.fix()).as(problem.what()).isNotBlank());
            assertThat(problems(faulty, "site dc1, this one"))
                    .satisfiesExactlyInAnyOrder(
                            what -> assertThat(what).contains("dc2.tftp.audit-events", "go on behind what is lost"),
                            what -> assertThat(what).containsIgnoringCase("replication factor"));
            assertThat(problems(faulty, "peer dc2"))
                    .satisfiesExactlyInAnyOrder(
                            what -> assertThat(what).contains("tftp.file-events has 3 partitions; expected 6"),
                            what -> assertThat(what).contains("tftp.file-events has cleanup.policy=compact"),
                            what -> assertThat(what).contains("tftp.config-events has retention.ms=3600000 (1 hours)"),
                            what -> assertThat(what).isEqualTo("tftp.content is missing"),
                            what -> assertThat(what).contains("say that their site is berlin", "calls it dc2"),
                            what -> assertThat(what).contains("s in the future"),
                            what -> assertThat(what).contains("mirrors this site as paris"));
            assertThat(problems(faulty, "peer dc3"))
                    .satisfiesExactly(what -> assertThat(what).contains("nothing listens", "refused"));
            assertThat(problems(faulty, "peer dc4"))
                    .satisfiesExactly(what -> assertThat(what).contains("this site's own cluster"));
            assertThat(text(faulty)).contains("topics of dc9 are here", "set `replication-factor` to at most 1");
        }
    }

    @Test
    void largerRecordsThereThanHereAreAProblemUnlessTheLimitIsCopied(@TempDir Path first, @TempDir Path second)
            throws Exception {
        try (EmbeddedKafka one = EmbeddedKafka.startForTests(first);
                EmbeddedKafka two = start(second, Map.of("message.max.bytes", "8388608"))) {
            createTopics(settings(one, Map.of()));
            createTopics(settings(two, Map.of()));

            CheckReport report = check(file(one, Map.of(), 1, peer("dc2", two, Map.of())));

            assertThat(problems(report, "peer dc2")).satisfiesExactly(what -> assertThat(what)
                    .contains("tftp.content", "takes records of 8388608 bytes, the copy here only 1048588"));
            assertThat(text(report)).contains("no node has reported there yet");
        }
    }

    @Test
    void loginsThatAreRefusedOrMayTooLittleAreTold(@TempDir Path first, @TempDir Path second) throws Exception {
        try (EmbeddedKafka one = SecuredKafka.start(first, Map.of());
                EmbeddedKafka two = SecuredKafka.start(second, Map.of())) {
            Map<String, Secret> admin = SecuredKafka.login("SASL_PLAINTEXT", "admin", "adminpw");
            Map<String, Secret> mirror = SecuredKafka.login("SASL_PLAINTEXT", "mirror", "mirrorpw");
            createTopics(settings(one, admin));
            createTopics(settings(two, admin));

            // a wrong password, and no login at all where one is wanted
            CheckReport refused = check(
                    file(one, SecuredKafka.login("SASL_PLAINTEXT", "mirror", "wrong"), 1, peer("dc2", two, Map.of())));
            assertThat(problems(refused, "site dc1, this one"))
                    .satisfiesExactly(what -> assertThat(what).contains("the login is refused"));
            assertThat(problems(refused, "peer dc2"))
                    .satisfiesExactly(what -> assertThat(what).contains("did not answer within 5 s over PLAINTEXT"));

            // TLS spoken to somebody who does not
            CheckReport tls =
                    check(file(one, admin, 1, peer("dc2", two, SecuredKafka.login("SASL_SSL", "mirror", "mirrorpw"))));
            assertThat(problems(tls, "peer dc2"))
                    .satisfiesExactly(what -> assertThat(what).contains("did not answer within 5 s over SASL_SSL"));

            // a login without rights
            SiteFile file = file(one, mirror, 1, peer("dc2", two, mirror));
            CheckReport powerless = check(file);
            assertThat(problems(powerless, "peer dc2"))
                    .hasSize(SiteCheck.mirrored().size())
                    .allSatisfy(what -> assertThat(what).contains("may not DESCRIBE tftp."));
            assertThat(String.join("\n", problems(powerless, "site dc1, this one")))
                    .contains("group dc2-mm2", "transactions named dc2-mm2-MirrorSourceConnector-0")
                    .contains("may not DESCRIBE dc2.tftp.file-events", "may not DESCRIBE mm2-offsets.dc2.internal");

            // rights that are almost enough
            allow(settings(two, admin), ResourceType.TOPIC, "tftp.", AclOperation.DESCRIBE, AclOperation.READ);
            allow(settings(one, admin), ResourceType.TOPIC, "dc2.", AclOperation.DESCRIBE, AclOperation.WRITE);
            allow(settings(one, admin), ResourceType.TOPIC, "mm2-", AclOperation.ALL);
            allow(settings(one, admin), ResourceType.GROUP, "dc2-mm2", AclOperation.READ);
            allow(settings(one, admin), ResourceType.TRANSACTIONAL_ID, "*", AclOperation.WRITE);
            CheckReport almost = check(file);
            assertThat(problems(almost, "peer dc2"))
                    .hasSize(SiteCheck.mirrored().size())
                    .allSatisfy(what -> assertThat(what).contains("may not DESCRIBE_CONFIGS tftp."));
            assertThat(problems(almost, "site dc1, this one"))
                    .satisfiesExactly(what -> assertThat(what).contains("may not CREATE", "topics that are missing"));

            // and all that the fixes say
            allow(settings(two, admin), ResourceType.TOPIC, "tftp.", AclOperation.DESCRIBE_CONFIGS);
            allow(
                    settings(one, admin),
                    ResourceType.TOPIC,
                    "dc2.",
                    AclOperation.CREATE,
                    AclOperation.READ,
                    AclOperation.DESCRIBE_CONFIGS,
                    AclOperation.ALTER_CONFIGS);
            CheckReport enough = check(file);
            assertThat(enough.problems()).as(text(enough)).isEmpty();

            // but one who reports has to write that, too
            CheckReport reporting = check(new SiteFile(
                    file.site(),
                    file.node(),
                    file.kafka(),
                    Optional.of(URI.create("http://localhost:8081")),
                    file.peers(),
                    file.replicationFactor(),
                    file.tasks(),
                    file.exactlyOnce(),
                    file.compression(),
                    file.stallAfter(),
                    file.reportInterval(),
                    file.ops()));
            assertThat(problems(reporting, "site dc1, this one"))
                    .satisfiesExactly(what -> assertThat(what).contains("may not DESCRIBE tftp.node-events"));
        }
    }

    private static CheckReport check(SiteFile file) {
        return new SiteCheck(file, Clock.systemUTC(), PATIENCE).run();
    }

    private static SiteFile file(
            EmbeddedKafka own, Map<String, Secret> login, int replicationFactor, SiteFile.Peer... peers) {
        return new SiteFile(
                "dc1",
                "mirror-1",
                new SiteFile.Kafka(own.bootstrapServers(), login),
                Optional.empty(),
                List.of(peers),
                replicationFactor,
                1,
                true,
                "lz4",
                Duration.ofSeconds(60),
                Duration.ofSeconds(5),
                new SiteFile.Ops("127.0.0.1", 0));
    }

    private static SiteFile.Peer peer(String site, EmbeddedKafka kafka, Map<String, Secret> login) {
        return peer(site, kafka.bootstrapServers(), login);
    }

    private static SiteFile.Peer peer(String site, String servers, Map<String, Secret> login) {
        return new SiteFile.Peer(site, servers, login, Optional.empty());
    }

    private static EmbeddedKafka start(Path directory, Map<String, String> settings) {
        EmbeddedKafka kafka =
                new EmbeddedKafka(BrokerConfig.inProcess(directory).withExtraSettings(settings));
        kafka.start();
        return kafka;
    }

    private static Map<String, Object> settings(EmbeddedKafka kafka, Map<String, Secret> login) {
        return KafkaClientSettings.of(kafka.bootstrapServers(), login);
    }

    private static void createTopics(Map<String, Object> kafka) {
        try (Admin admin = Admin.create(kafka)) {
            new TopicCreator(admin, (short) 1).ensure(Topics.all());
        }
    }

    /** A name that was deleted just now may be taken for a moment longer. */
    private static void createEventually(Admin admin, NewTopic topic) {
        Awaitility.await().atMost(Duration.ofSeconds(10)).ignoreExceptions().until((Callable<Boolean>) () -> {
            admin.createTopics(List.of(topic)).all().get(5, TimeUnit.SECONDS);
            return true;
        });
    }

    private static void send(
            Map<String, Object> kafka, String topic, String key, String value, @Nullable Long timestamp)
            throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            topic,
                            null,
                            timestamp,
                            key.getBytes(StandardCharsets.UTF_8),
                            value.getBytes(StandardCharsets.UTF_8)))
                    .get(10, TimeUnit.SECONDS);
        }
    }

    private static void allow(Map<String, Object> kafka, ResourceType type, String name, AclOperation... operations)
            throws Exception {
        ResourcePattern pattern =
                new ResourcePattern(type, name, name.equals("*") ? PatternType.LITERAL : PatternType.PREFIXED);
        Set<AclBinding> bindings = Arrays.stream(operations)
                .map(operation -> new AclBinding(
                        pattern, new AccessControlEntry("User:mirror", "*", operation, AclPermissionType.ALLOW)))
                .collect(Collectors.toSet());
        try (Admin admin = Admin.create(kafka)) {
            admin.createAcls(bindings).all().get(10, TimeUnit.SECONDS);
        }
    }

    private static List<String> problems(CheckReport report, String cluster) {
        return report.problems().stream()
                .filter(problem -> problem.cluster().equals(cluster))
                .map(Finding::what)
                .toList();
    }

    private static String text(CheckReport report) {
        return String.join("\n", report.lines());
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
