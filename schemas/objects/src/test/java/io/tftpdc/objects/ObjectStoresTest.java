package io.tftpdc.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.event.ObjectLocation;
import io.tftpdc.event.Tenant;
import io.tftpdc.objects.ObjectStoreException.Kind;
import io.tftpdc.runtime.ConfigException;
import io.tftpdc.runtime.ConfigFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectStoresTest {
    private record File(List<ObjectStoreConfig> objectStores) {}

    private static List<ObjectStoreConfig> parse(String yaml) {
        return ConfigFile.parse(File.class, "edge.yaml", yaml, Map.of("KEY", "s3cret")::get)
                .objectStores();
    }

    @Test
    void theLongestUrlThatFitsDecides() throws ObjectStoreException {
        try (ObjectStores stores = ObjectStores.open(parse("""
                object-stores:
                  - {name: all, url: "https://h/"}
                  - {name: some, url: "https://h/some/"}
                """))) {
            assertThat(name(stores, "https://h/some/x")).isEqualTo("some");
            assertThat(name(stores, "https://h/other/x")).isEqualTo("all");
        }
    }

    @Test
    void nothingIsReadFromElsewhere() {
        try (ObjectStores stores = ObjectStores.open(List.of(ObjectStoreConfig.of("web", "https://h/public/")))) {
            for (String elsewhere :
                    List.of("https://h/private/x", "https://h/publicity/x", "http://h/public/x", "s3://h/public/x")) {
                assertThatThrownBy(() -> stores.of(new ObjectLocation(elsewhere)))
                        .isInstanceOfSatisfying(ObjectStoreException.class, problem -> assertThat(problem.kind())
                                .isEqualTo(Kind.UNCONFIGURED))
                        .hasMessageContaining("object-stores")
                        .hasMessageContaining("such at https://h")
                        // The whole urls were listed once; but who is told need not know what is read here.
                        .hasMessageNotContaining("public");
            }
            assertThatThrownBy(() -> stores.of(new ObjectLocation("https://h/public/../private/x")))
                    .isInstanceOfSatisfying(ObjectStoreException.class, problem -> assertThat(problem.kind())
                            .isEqualTo(Kind.UNSUPPORTED));
        }
    }

    @Test
    void whatIsNotConfiguredIsSaidBrieflyAndWithoutWhatMayBeSecret() {
        List<ObjectStoreConfig> many = IntStream.range(0, 100)
                .mapToObj(i -> ObjectStoreConfig.of("s" + i, "https://h" + i + "/" + "long/".repeat(100)))
                .toList();
        try (ObjectStores stores = ObjectStores.open(many)) {
            assertThatThrownBy(() ->
                            stores.of(new ObjectLocation("https://elsewhere/x?key=s3cret&more=" + "x".repeat(1_500))))
                    .hasMessageContaining("object at https://elsewhere: no store is configured for it")
                    .hasMessageContaining("https://h0, https://h1, ")
                    .hasMessageContaining("and 95 other places")
                    .hasMessageNotContaining("s3cret")
                    .satisfies(problem -> assertThat(problem.getMessage()).hasSizeLessThan(400));
        }
    }

    /** An event of another release, or made by hand, may have one. */
    @Test
    void aSecretInALocationIsNotRepeated() {
        try (ObjectStores stores = ObjectStores.open(List.of(ObjectStoreConfig.of("web", "https://h/")))) {
            for (String location :
                    List.of("https://anna:s3cret@h/x", "https://h/x?token=s3cret", "https://anna:s3cret@/x")) {
                assertThatThrownBy(() -> stores.of(new ObjectLocation(location)))
                        .isInstanceOfSatisfying(ObjectStoreException.class, problem -> assertThat(problem.kind())
                                .isEqualTo(Kind.UNSUPPORTED))
                        .hasMessageNotContaining("s3cret");
            }
        }
    }

    @Test
    void onlyItsTenantsPublishFromAStore() {
        try (ObjectStores stores = ObjectStores.open(parse("""
                object-stores:
                  - {name: acme, url: "http://127.0.0.1:1/", tenants: [acme]}
                """))) {
            assertThatThrownBy(() -> stores.open(new Tenant("other"), new ObjectLocation("http://127.0.0.1:1/x")))
                    .isInstanceOfSatisfying(ObjectStoreException.class, problem -> assertThat(problem.kind())
                            .isEqualTo(Kind.REFUSED))
                    .hasMessageContaining("tenant other");
        }
    }

    @Test
    void whatIsNotSaidHasDefaultsAndSecretsAreNotShown() {
        ObjectStoreConfig config = parse("""
                object-stores:
                  - {name: firmware, url: "s3://firmware/", access-key: id, secret-key: "${KEY}"}
                """).getFirst();

        assertThat(config.type()).isEqualTo("s3");
        assertThat(config.connections()).isEqualTo(4);
        assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.pathStyle()).isFalse();
        assertThat(config.anonymous()).isFalse();
        assertThat(config.secretKey().orElseThrow().reveal()).isEqualTo("s3cret");
        assertThat(config.toString()).doesNotContain("s3cret");
        assertThat(ObjectStoreConfig.of("web", "https://h/").type()).isEqualTo("http");
    }

    @Test
    void whatCannotBeUsedIsSaidWithItsPlace() {
        for (String wrong : List.of(
                "{name: Big, url: 's3://b/'}",
                "{name: b, url: 's3://b'}",
                "{name: b, url: 's3://b/half'}",
                "{name: b, url: 'https://anna@h/'}",
                "{name: b, url: 'https://h/?sig=1'}",
                "{name: b, url: 's3://b/', access-key: only}",
                "{name: b, url: 's3://b/', session-token: only}",
                "{name: b, url: 's3://b/', access-key: a, secret-key: b, anonymous: true}",
                "{name: b, url: 's3://b/', connections: 0}",
                "{name: b, url: 's3://b/', timeout: 1ms}")) {
            assertThatThrownBy(() -> parse("object-stores:\n  - " + wrong + "\n"))
                    .as(wrong)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("edge.yaml line 2");
        }
    }

    @Test
    void aTypeThatNobodyMakesIsSaidSo(@TempDir Path plugins) throws Exception {
        Files.createDirectory(plugins.resolve("empty"));

        assertThatThrownBy(() -> ObjectStores.open(
                        List.of(ObjectStoreConfig.of("web", "https://h/"), ObjectStoreConfig.of("tape", "tape://t/")),
                        Optional.of(plugins)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("object-stores[1]")
                .hasMessageContaining("(tape)")
                .hasMessageContaining("type tape")
                .hasMessageContaining(plugins.toString());
    }

    @Test
    void aHeaderThatCannotBeSentIsSaidAtTheStart() {
        assertThatThrownBy(() -> ObjectStores.open(parse("""
                object-stores:
                  - {name: web, url: "https://h/", headers: {Host: "${KEY}"}}
                """)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(web)")
                .hasMessageContaining("Host")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void twoStoresOfOneNameAreRefused() {
        assertThatThrownBy(() -> ObjectStores.open(
                        List.of(ObjectStoreConfig.of("web", "https://h/"), ObjectStoreConfig.of("web", "https://i/"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("object-stores[1]");
    }

    private static String name(ObjectStores stores, String location) throws ObjectStoreException {
        return stores.of(new ObjectLocation(location)).config().name();
    }
}
