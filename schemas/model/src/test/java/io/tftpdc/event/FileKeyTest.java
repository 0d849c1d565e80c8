package io.tftpdc.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.property.RandomValues;
import io.tftpdc.property.Seeds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileKeyTest {

    @Test
    void theTextIsTakenApartAgain() {
        Seeds.check(2_000, random -> {
            FileKey key = new RandomValues(random).key();

            assertThat(FileKey.parse(key.toString())).isEqualTo(key);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "default", "default/", "/boot/x", "default//x", "Default/x", "default/../x"})
    void textThatIsNoKeyIsRefused(String text) {
        assertThatThrownBy(() -> FileKey.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected");
    }

    @Test
    void keysAreOrderedByTenantThenPath() {
        assertThat(FileKey.of("a", "z")).isLessThan(FileKey.of("b", "a"));
        assertThat(FileKey.of("a", "a")).isLessThan(FileKey.of("a", "b"));
    }
}
