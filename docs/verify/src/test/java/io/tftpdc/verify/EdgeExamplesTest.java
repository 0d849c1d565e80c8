package io.tftpdc.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.tftpdc.edge.config.EdgeConfig;
import io.tftpdc.runtime.ConfigFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the pages show of {@code edge.yaml}, in blocks that begin with {@code # edge.yaml}, is what a node takes. */
class EdgeExamplesTest {
    private static final Pattern EXAMPLE = Pattern.compile("(?ms)^```yaml\n(# edge\\.yaml\n.*?)^```$");
    private static final String SITE = "site: dc1\n";
    private static final String KAFKA = "kafka: {bootstrap-servers: \"kafka:9092\"}\n";

    /** A block of a page. */
    record Example(Path page, String text) {
        @Override
        public String toString() {
            return page.toString();
        }
    }

    static List<Example> examples() {
        List<Example> examples = new ArrayList<>();
        for (Path page : Repository.pages()) {
            EXAMPLE.matcher(Repository.read(page))
                    .results()
                    .forEach(block -> examples.add(new Example(page, block.group(1))));
        }
        return examples;
    }

    @Test
    void thereAreExamples() {
        assertThat(examples()).hasSizeGreaterThanOrEqualTo(4);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void theExampleLoads(Example example) {
        String rest = example.text().contains("\nkafka:") ? SITE : SITE + KAFKA;

        assertThatCode(() -> ConfigFile.parse(
                                EdgeConfig.class,
                                example.page().toString(),
                                rest + example.text(),
                                name -> "from-the-environment")
                        .policy())
                .doesNotThrowAnyException();
    }
}
