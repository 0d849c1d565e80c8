package io.tftpdc.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.tftpdc.admin.AdminConfig;
import io.tftpdc.edge.config.EdgeConfig;
import io.tftpdc.mirror.site.SiteFile;
import io.tftpdc.registry.RegistryConfig;
import io.tftpdc.runtime.ConfigFile;
import io.tftpdc.streams.ProcessorsConfig;
import io.tftpdc.verify.ConfigurationPage.Configured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages below {@code docs/reference} say what the code says. */
class ReferencePagesTest {
    private static final String COMMAND = "./mvnw -q -pl docs/verify -am test -Dtest=ReferencePagesTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dreference.write=true";

    private static final List<Configured> PROCESSES = List.of(
            new Configured("Edge node", EdgeConfig.class, "edge.yaml", """
                    site: dc1
                    kafka:
                      bootstrap-servers: kafka:9092
                    """),
            new Configured("Streams processors", ProcessorsConfig.class, "streams.yaml", """
                    site: dc1
                    kafka:
                      bootstrap-servers: kafka:9092
                    """),
            new Configured("Admin API", AdminConfig.class, "admin.yaml", """
                    site: dc1
                    kafka:
                      bootstrap-servers: kafka:9092
                    """),
            new Configured("Schema registry", RegistryConfig.class, "registry.yaml", """
                    kafka:
                      bootstrap-servers: kafka:9092
                    """),
            new Configured("MirrorMaker", SiteFile.class, "mirror.yaml", """
                    site: dc1
                    kafka:
                      bootstrap-servers: kafka.dc1:9092
                    peers:
                      - site: dc2
                        bootstrap-servers: kafka.dc2:9092
                    """));

    /** A page and how it is made. */
    record Page(String name, Supplier<String> render) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Page> pages() {
        return List.of(
                new Page("topics.md", TopicsPage::render),
                new Page("schemas.md", SchemasPage::render),
                new Page("metrics.md", MetricsPage::render),
                new Page("configuration.md", () -> ConfigurationPage.render(PROCESSES)),
                new Page("cli.md", CommandLinePage::render));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void thePageSaysWhatTheCodeSays(Page page) throws IOException {
        Path file = Repository.ROOT.resolve("docs/reference").resolve(page.name());
        String rendered = page.render().get();
        if (Boolean.getBoolean("reference.write")) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, rendered);
        }

        assertThat(Files.exists(file) ? Files.readString(file) : "")
                .as("docs/reference/%s is stale; write it anew with: %s", page.name(), COMMAND)
                .isEqualTo(rendered);
    }

    @Test
    void everyConfigurationThatAProgramLoadsIsOnThePage() {
        assertThat(ConfigurationPage.missing(PROCESSES))
                .as("add them to PROCESSES here")
                .isEmpty();
    }

    @Test
    void theExamplesLoad() {
        for (Configured process : PROCESSES) {
            Path example = Repository.ROOT.resolve("compose/config").resolve(process.example());
            assertThatCode(() -> ConfigFile.load(process.type(), example))
                    .as(process.example())
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void everyKeySaysWhatItMeans() {
        assertThat(ConfigurationPage.silent(PROCESSES))
                .as("keys without @param in the Javadoc of their record")
                .isEmpty();
    }

    @Test
    void everyMeterHasOurPrefixAndSaysWhatItMeasures() {
        assertThat(MetricsPage.problems()).isEmpty();
    }
}
