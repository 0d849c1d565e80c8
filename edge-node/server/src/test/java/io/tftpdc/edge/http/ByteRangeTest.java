package io.tftpdc.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.edge.http.ByteRange.Part;
import io.tftpdc.edge.http.ByteRange.Unsatisfiable;
import io.tftpdc.edge.http.ByteRange.Whole;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 0",
        "bytes=10-19, 10, 19",
        "bytes=90-, 90, 99",
        "bytes=90-1000, 90, 99",
        "bytes=-10, 90, 99",
        "bytes=-1000, 0, 99",
        "bytes=99-, 99, 99",
        "BYTES=1-2, 1, 2",
    })
    void onePartIsCutToTheContent(String header, long first, long last) {
        assertThat(ByteRange.parse(header, 100)).isEqualTo(new Part(first, last));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=100-", "bytes=100-200", "bytes=-0"})
    void whatTheContentDoesNotHaveIsUnsatisfiable(String header) {
        assertThat(ByteRange.parse(header, 100)).isEqualTo(new Unsatisfiable());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes=0-1,5-6",
                "items=0-1",
                "bytes=",
                "bytes=-",
                "bytes=5",
                "bytes=9-3",
                "bytes=a-b",
                "bytes=--5",
                "bytes=+1-2",
                "bytes=1-99999999999999999999",
                ""
            })
    void whatIsNotOneReadableRangeIsAnsweredWithEverything(String header) {
        assertThat(ByteRange.parse(header, 100)).isEqualTo(new Whole());
    }

    @Test
    void noHeaderIsEverythingAndAnEmptyFileHasNoRanges() {
        assertThat(ByteRange.parse(null, 100)).isEqualTo(new Whole());
        assertThat(ByteRange.parse("bytes=0-", 0)).isEqualTo(new Unsatisfiable());
        assertThat(ByteRange.parse("bytes=-5", 0)).isEqualTo(new Unsatisfiable());
    }

    @Test
    void entityTagsMatchWeaklyInListsAndByStar() {
        assertThat(EntityTag.matches(List.of("\"a\", W/\"b\""), "\"b\"")).isTrue();
        assertThat(EntityTag.matches(List.of("*"), "\"b\"")).isTrue();
        assertThat(EntityTag.matches(List.of("\"a\""), "\"b\"")).isFalse();
        assertThat(EntityTag.matches(List.of(), "\"b\"")).isFalse();
    }
}
