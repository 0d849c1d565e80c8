package io.tftpdc.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tftpdc.broker.EmbeddedKafka;
import io.tftpdc.mirror.site.CheckReport;
import io.tftpdc.mirror.site.SecuredKafka;
import io.tftpdc.mirror.site.SiteCheck;
import io.tftpdc.mirror.site.SiteFile;
import io.tftpdc.runtime.KafkaClientSettings;
import io.tftpdc.runtime.Secret;
import io.tftpdc.topic.TopicCreator;
import io.tftpdc.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A peer behind TLS and a login, this site behind a login, both with access rules: the mirror works with no more rights
 * than how-to/sites.md says, so every client of MirrorMaker has logged in.
 */
class GuardedSitesIT {
    private static final String PASSWORD = "changeit";

    @Test
    void withTheRightsOfTheManualRecordsComeThroughTlsAndLogins(@TempDir Path directory) throws Exception {
        Path keys = directory.resolve("broker.p12");
        Path trust = directory.resolve("trust.p12");
        makeKeys(keys, trust, directory.resolve("broker.crt"));
        Map<String, Secret> local = SecuredKafka.login("SASL_PLAINTEXT", "mirror", "mirrorpw");
        Map<String, Secret> remote = new HashMap<>(SecuredKafka.login("SASL_SSL", "mirror", "mirrorpw"));
        try (EmbeddedKafka there = SecuredKafka.start(directory.resolve("dc1"), tls(keys, trust));
                EmbeddedKafka here = SecuredKafka.start(directory.resolve("dc2"), Map.of())) {
            // a certificate that nobody vouches for
            CheckReport untrusted = SiteCheck.run(file(here, local, there, remote));
            assertThat(String.join("\n", untrusted.lines())).contains("TLS does not come about");

            // given the rights of the manual
            remote.put("ssl.truststore.location", Secret.of(trust.toString()));
            remote.put("ssl.truststore.password", Secret.of(PASSWORD));
            Map<String, Object> thereAdmin = admin(there, "SASL_SSL", remote);
            Map<String, Object> hereAdmin = admin(here, "SASL_PLAINTEXT", Map.of());
            createTopics(thereAdmin);
            createTopics(hereAdmin);
            AclOperation read = AclOperation.READ;
            AclOperation write = AclOperation.WRITE;
            AclOperation describe = AclOperation.DESCRIBE;
            AclOperation describeConfigs = AclOperation.DESCRIBE_CONFIGS;
            allow(thereAdmin, ResourceType.TOPIC, "tftp.", read, describe, describeConfigs);
            for (String prefix : List.of("dc1.", "mm2-")) {
                allow(
                        hereAdmin,
                        ResourceType.TOPIC,
                        prefix,
                        AclOperation.CREATE,
                        write,
                        read,
                        describe,
                        describeConfigs,
                        AclOperation.ALTER_CONFIGS);
            }
            allow(hereAdmin, ResourceType.GROUP, "dc1-mm2", read);
            allow(hereAdmin, ResourceType.TRANSACTIONAL_ID, "dc1-mm2", write, describe);
            allow(hereAdmin, ResourceType.TRANSACTIONAL_ID, "connect-cluster-dc1-mm2", write, describe);
            SiteFile file = file(here, local, there, remote);
            CheckReport report = SiteCheck.run(file);
            assertThat(report.problems()).as(String.join("\n", report.lines())).isEmpty();

            // when
            try (MirrorMakerProcess mirror = MirrorMakerProcess.start(file)) {
                try (KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(thereAdmin, new ByteArraySerializer(), new ByteArraySerializer())) {
                    producer.send(new ProducerRecord<>(Topics.FILE_EVENTS.name(), 0, new byte[1], new byte[1]))
                            .get(10, TimeUnit.SECONDS);
                }

                // then
                await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                    assertThat(mirror.status().up())
                            .as(mirror.status().detail())
                            .isTrue();
                    assertThat(TwoSites.metric(mirror, "tftpdc_mirror_records_total", Topics.FILE_EVENTS.name())
                                    .orElse(0))
                            .isEqualTo(1);
                    assertThat(TwoSites.metric(mirror, "tftpdc_mirror_lag_records", Topics.FILE_EVENTS.name())
                                    .orElseThrow())
                            .isZero();
                });
            }
        }
    }

    private static SiteFile file(
            EmbeddedKafka here, Map<String, Secret> local, EmbeddedKafka there, Map<String, Secret> remote) {
        return new SiteFile(
                "dc2",
                "mirror-1",
                new SiteFile.Kafka(here.bootstrapServers(), local),
                Optional.empty(),
                List.of(new SiteFile.Peer("dc1", there.bootstrapServers(), remote, Optional.empty())),
                1,
                1,
                true,
                "lz4",
                Duration.ofSeconds(60),
                Duration.ofSeconds(5),
                new SiteFile.Ops("127.0.0.1", 0));
    }

    private static Map<String, String> tls(Path keys, Path trust) {
        return Map.of(
                "listener.security.protocol.map",
                "CLIENTS:SASL_SSL,CONTROLLER:PLAINTEXT",
                "listener.name.clients.ssl.keystore.location",
                keys.toString(),
                "listener.name.clients.ssl.keystore.password",
                PASSWORD,
                "listener.name.clients.ssl.key.password",
                PASSWORD,
                // The node talks to itself, too.
                "listener.name.clients.ssl.truststore.location",
                trust.toString(),
                "listener.name.clients.ssl.truststore.password",
                PASSWORD);
    }

    /** As the operator would, with the JDK's keytool. */
    private static void makeKeys(Path keys, Path trust, Path certificate) throws Exception {
        String store = keys.toString();
        keytool(
                "-genkeypair",
                "-alias",
                "broker",
                "-keyalg",
                "EC",
                "-dname",
                "CN=broker",
                "-ext",
                "san=ip:127.0.0.1,dns:localhost",
                "-validity",
                "30",
                "-keystore",
                store);
        keytool("-exportcert", "-alias", "broker", "-keystore", store, "-file", certificate.toString());
        keytool(
                "-importcert",
                "-noprompt",
                "-alias",
                "broker",
                "-keystore",
                trust.toString(),
                "-file",
                certificate.toString());
    }

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new java.util.ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(Arrays.asList(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private static Map<String, Object> admin(EmbeddedKafka kafka, String protocol, Map<String, Secret> further) {
        Map<String, Secret> login = new HashMap<>(further);
        login.putAll(SecuredKafka.login(protocol, "admin", "adminpw"));
        return KafkaClientSettings.of(kafka.bootstrapServers(), login);
    }

    private static void createTopics(Map<String, Object> kafka) {
        try (Admin admin = Admin.create(kafka)) {
            new TopicCreator(admin, (short) 1).ensure(Topics.all());
        }
    }

    private static void allow(Map<String, Object> kafka, ResourceType type, String prefix, AclOperation... operations)
            throws Exception {
        ResourcePattern pattern = new ResourcePattern(type, prefix, PatternType.PREFIXED);
        Set<AclBinding> bindings = Arrays.stream(operations)
                .map(operation -> new AclBinding(
                        pattern, new AccessControlEntry("User:mirror", "*", operation, AclPermissionType.ALLOW)))
                .collect(Collectors.toSet());
        try (Admin admin = Admin.create(kafka)) {
            admin.createAcls(bindings).all().get(10, TimeUnit.SECONDS);
        }
    }
}
