package io.tftpdc.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.DataSize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {

    record Kafka(String bootstrapServers, Duration timeout, List<Integer> ports) {
        Kafka {
            bootstrapServers = Defaults.or(bootstrapServers, "localhost:9092");
            timeout = Defaults.or(timeout, Duration.ofSeconds(5));
            ports = Defaults.or(ports, List.of());
            if (timeout.isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("`timeout` is " + timeout + "; expected more than zero");
            }
        }
    }

    record Node(
            @JsonProperty(required = true) String site,
            Integer port,
            DataSize cacheSize,
            Secret password,
            Map<String, String> labels,
            Kafka kafka) {
        Node {
            port = Defaults.or(port, 8081);
            cacheSize = Defaults.or(cacheSize, DataSize.mebibytes(64));
            password = Defaults.or(password, Secret.of(""));
            labels = Defaults.or(labels, Map.of());
        }
    }

    @Test
    void absentKeysAndSectionsTakeTheDefaultsOfTheirRecords() {
        Node config = parse("site: a\nport:\n");

        assertThat(config)
                .isEqualTo(new Node(
                        "a",
                        8081,
                        DataSize.mebibytes(64),
                        Secret.of(""),
                        Map.of(),
                        new Kafka("localhost:9092", Duration.ofSeconds(5), List.of())));
    }

    @Test
    void durationsSizesListsAndSecretsAreTyped() {
        Node config = parse("""
                site: a
                port: 9000
                cache-size: 512KiB
                password: hush
                labels: {rack: r1}
                kafka:
                  bootstrap-servers: b:1
                  timeout: 1500ms
                  ports: [1, 2]
                """);

        assertThat(config.cacheSize().toBytes()).isEqualTo(512 * 1024);
        assertThat(config.kafka()).isEqualTo(new Kafka("b:1", Duration.ofMillis(1500), List.of(1, 2)));
        assertThat(config.password().reveal()).isEqualTo("hush");
        assertThat(config.toString()).contains("*****").doesNotContain("hush");
        assertThat(config.labels()).containsEntry("rack", "r1");
        assertThat(parse("site: a\nkafka: {timeout: PT2M}").kafka().timeout()).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void everyUnknownKeyIsReportedWithLineAndNearestSpelling() {
        assertThat(problems("site: a\nprot: 1\nkafka:\n  bootstrapServers: x\n  zzz: {a: 1}\n"))
                .hasSize(3)
                .anySatisfy(p ->
                        assertThat(p).startsWith("test.yaml line 2: `prot` is not a known key; did you mean `port`?"))
                .anySatisfy(p -> assertThat(p)
                        .startsWith("test.yaml line 4: `kafka.bootstrapServers` is not a known key; did you mean"
                                + " `bootstrap-servers`?"))
                .anySatisfy(p -> assertThat(p)
                        .isEqualTo("test.yaml line 5: `kafka.zzz` is not a known key; expected one of"
                                + " bootstrap-servers, ports, timeout"));
    }

    @Test
    void valueOfTheWrongKindNamesPlaceFoundAndExpected() {
        assertThat(problems("site: a\nport: many\n"))
                .singleElement()
                .asString()
                .startsWith("test.yaml line 2: `port` cannot be read as integer")
                .contains("many");
        assertThat(problems("site: a\nkafka:\n  timeout: 5 parsecs\n"))
                .singleElement()
                .asString()
                .startsWith("test.yaml line 3: `kafka.timeout` cannot be read as duration: found `5 parsecs`, expected")
                .contains("5s");
        assertThat(problems("site: a\ncache-size: huge\n"))
                .singleElement()
                .asString()
                .contains("line 2: `cache-size`");
        assertThat(problems("site: a\nkafka:\n  ports: [1, x]\n"))
                .singleElement()
                .asString()
                .startsWith("test.yaml line 3: `kafka.ports[1]`");
    }

    @Test
    void invariantOfARecordIsReportedWithItsSection() {
        assertThat(problems("site: a\nkafka:\n  timeout: 0s\n"))
                .containsExactly("test.yaml line 2: `kafka` `timeout` is PT0S; expected more than zero");
    }

    @Test
    void missingRequiredKeyIsNamed() {
        assertThat(problems("port: 1")).containsExactly("test.yaml: `site` is missing; it has no default, so write it");
        assertThat(problems("# nothing but a comment ${X}\n")).hasSize(1);
        assertThat(problems("")).hasSize(1);
    }

    @Test
    void environmentVariablesAreSubstitutedInValuesOnly() {
        Node config = parse(
                "site: ${SITE}-1 # ${IN_A_COMMENT}\nport: ${PORT:-77}\npassword: $${PW}\nkafka: {bootstrap-servers: \"${EVIL}\"}\n",
                Map.of("SITE", "berlin", "EVIL", "a: {b: 1} ${SITE}"));

        assertThat(config.site()).isEqualTo("berlin-1");
        assertThat(config.port()).isEqualTo(77);
        assertThat(config.password().reveal()).isEqualTo("${PW}");
        assertThat(config.kafka().bootstrapServers()).isEqualTo("a: {b: 1} ${SITE}");
    }

    @Test
    void unsetEnvironmentVariableIsReported() {
        assertThat(problems("site: ${NOWHERE}"))
                .singleElement()
                .asString()
                .startsWith("test.yaml line 1: `site` is `${NOWHERE}`, but that environment variable is not set");
    }

    @Test
    void brokenYamlNamesTheLine() {
        assertThat(problems("site: a\n  port: [1\n")).singleElement().asString().startsWith("test.yaml line 2:");
    }

    @Test
    void fileIsReadAndAMissingFileIsNamed(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(dir.resolve("process.yaml"), "site: b\n");

        assertThat(ConfigFile.load(Node.class, file).site()).isEqualTo("b");
        assertThatThrownBy(() -> ConfigFile.load(Node.class, dir.resolve("other.yaml")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("other.yaml does not exist");
    }

    private static Node parse(String yaml) {
        return parse(yaml, Map.of());
    }

    private static Node parse(String yaml, Map<String, String> environment) {
        return ConfigFile.parse(Node.class, "test.yaml", yaml, environment::get);
    }

    private static List<String> problems(String yaml) {
        return catchThrowableOfType(ConfigException.class, () -> parse(yaml)).problems();
    }
}
