package io.tftpdc.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DescriptionRuleTest {
    @Test
    void whatIsAtItsBoundIsAllowed() {
        assertThat(DescriptionRule.problem("", Map.of())).isEmpty();
        assertThat(DescriptionRule.problem("x".repeat(255), labels(64, "v"))).isEmpty();
        assertThat(DescriptionRule.problem("text/plain", Map.of("n".repeat(64), "€".repeat(256))))
                .isEmpty();
        assertThat(DescriptionRule.problem("", Map.of("Rack/7._-", ""))).isEmpty();
    }

    @Test
    void contentTypeThatIsTooLongOrNotPrintableIsRefused() {
        assertThat(DescriptionRule.problem("x".repeat(256), Map.of()).orElseThrow())
                .contains("256 characters", "media type of up to 255");
        assertThat(DescriptionRule.problem("a\nb", Map.of()).orElseThrow()).contains("'a?b'");
    }

    @Test
    void tooManyLabelsAreRefused() {
        assertThat(DescriptionRule.problem("", labels(65, "v")).orElseThrow()).contains("65 labels", "at most 64");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", ".a", "a b", "a=b", "ä", "a\u0000"})
    void namesThatAreNoneAreRefused(String name) {
        assertThat(DescriptionRule.problem("", Map.of(name, "v")).orElseThrow())
                .contains("no usable name", "expected 1 to 64 of");
    }

    @Test
    void longNamesAndValuesAreRefused() {
        assertThat(DescriptionRule.problem("", Map.of("n".repeat(65), "v")).orElseThrow())
                .contains("no usable name");
        assertThat(DescriptionRule.problem("", Map.of("n", "v".repeat(257))).orElseThrow())
                .contains("257 characters", "expected up to 256");
        assertThat(DescriptionRule.problem("", Map.of("n", "a\u007fb")).orElseThrow())
                .contains("'a?b'", "printable");
    }

    @Test
    void labelsThatAreTooMuchTogetherAreRefused() {
        // 42 x (3 + 256 x 3) = 32,382 bytes; 43 x 771 = 33,153.
        assertThat(DescriptionRule.problem("", labels(42, "€".repeat(256)))).isEmpty();
        assertThat(DescriptionRule.problem("", labels(43, "€".repeat(256))).orElseThrow())
                .contains("33153 bytes of UTF-8", "at most 32768");
    }

    private static Map<String, String> labels(int count, String value) {
        return new HashMap<>(
                IntStream.range(10, 10 + count).boxed().collect(Collectors.toMap(i -> "n" + i, i -> value)));
    }
}
