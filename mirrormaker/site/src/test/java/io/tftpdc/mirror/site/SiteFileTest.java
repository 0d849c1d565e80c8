package io.tftpdc.mirror.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.runtime.ConfigException;
import io.tftpdc.runtime.ConfigFile;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SiteFileTest {

    @Test
    void aShortFileIsEnough() {
        SiteFile file = read("""
                site: dc1
                kafka:
                  bootstrap-servers: kafka.dc1:9092
                peers:
                  - site: dc2
                    bootstrap-servers: kafka.dc2:9092
                """);

        assertThat(file)
                .isEqualTo(new SiteFile(
                        "dc1",
                        "mirror-1",
                        new SiteFile.Kafka("kafka.dc1:9092", Map.of()),
                        Optional.empty(),
                        List.of(new SiteFile.Peer("dc2", "kafka.dc2:9092", Map.of(), Optional.empty())),
                        -1,
                        2,
                        true,
                        "zstd",
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(5),
                        new SiteFile.Ops("127.0.0.1", 8083)));
    }

    @Test
    void secretsOfAPeerArePrintedAsStars() {
        SiteFile file = read("""
                site: dc1
                kafka: {bootstrap-servers: "kafka.dc1:9092"}
                peers:
                  - site: dc2
                    bootstrap-servers: kafka.dc2:9093
                    properties:
                      security.protocol: SASL_SSL
                      sasl.jaas.config: "username=mirror password=hunter2"
                """);

        assertThat(file.toString()).doesNotContain("hunter2").contains("sasl.jaas.config");
        assertThat(file.peers().get(0).clientSettings())
                .containsEntry("sasl.jaas.config", "username=mirror password=hunter2");
    }

    @Test
    void aSiteWithoutPeersNeedsNoMirror() {
        assertProblem("site: dc1\nkafka: {bootstrap-servers: a}\npeers: []\n", "`peers` is empty");
    }

    @Test
    void aSiteCannotBeItsOwnPeer() {
        assertProblem(
                "site: dc1\nkafka: {bootstrap-servers: a}\npeers: [{site: dc1, bootstrap-servers: b}]\n",
                "dc1, which is this one");
    }

    @Test
    void aPeerIsNamedOnce() {
        assertProblem("""
                site: dc1
                kafka: {bootstrap-servers: a}
                peers: [{site: dc2, bootstrap-servers: b}, {site: dc2, bootstrap-servers: c}]
                """, "dc2 twice");
    }

    @Test
    void aSiteNameWithADotIsRefusedBecauseTheDotEndsIt() {
        assertProblem(
                "site: dc.1\nkafka: {bootstrap-servers: a}\npeers: [{site: dc2, bootstrap-servers: b}]\n",
                "site name is 'dc.1'");
    }

    @Test
    void aLinkMayBeGivenABandwidth() {
        SiteFile file = read("""
                site: dc1
                kafka: {bootstrap-servers: a}
                registry-url: http://registry.dc1:8081
                compression: lz4
                peers: [{site: dc2, bootstrap-servers: b, max-bandwidth: 10MiB/s}]
                """);

        assertThat(file.peers().get(0).maxBandwidth())
                .map(Bandwidth::bytesPerSecond)
                .contains(10L << 20);
        assertThat(file.registryUrl()).contains(URI.create("http://registry.dc1:8081"));
        assertThat(file.compression()).isEqualTo("lz4");
    }

    @Test
    void whatIsNoBandwidthOrNoCompressionIsAnsweredWithAnExample() {
        assertProblem(
                "site: dc1\nkafka: {bootstrap-servers: a}\n"
                        + "peers: [{site: dc2, bootstrap-servers: b, max-bandwidth: fast}]\n",
                "is `fast`; expected a size per second, such as 10MiB/s");
        assertProblem(
                "site: dc1\nkafka: {bootstrap-servers: a}\n"
                        + "peers: [{site: dc2, bootstrap-servers: b, max-bandwidth: 1KiB/s}]\n",
                "expected at least 64KiB/s");
        assertProblem(
                "site: dc1\ncompression: rar\nkafka: {bootstrap-servers: a}\n"
                        + "peers: [{site: dc2, bootstrap-servers: b}]\n",
                "expected one of none, lz4, zstd");
    }

    @Test
    void aMisspelledKeyIsNamedWithTheRightOne() {
        assertProblem("""
                site: dc1
                task: 3
                kafka: {bootstrap-servers: a}
                peers: [{site: dc2, bootstrap-servers: b}]
                """, "did you mean `tasks`");
    }

    private static void assertProblem(String yaml, String expected) {
        assertThatThrownBy(() -> read(yaml)).isInstanceOf(ConfigException.class).hasMessageContaining(expected);
    }

    private static SiteFile read(String yaml) {
        return ConfigFile.parse(SiteFile.class, "mirror.yaml", yaml, name -> null);
    }
}
