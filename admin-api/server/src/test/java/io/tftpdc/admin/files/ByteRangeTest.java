package io.tftpdc.admin.files;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByteRangeTest {
    @Test
    void noRangeIsTheWhole() {
        assertThat(ByteRange.parse(null, 10)).isEqualTo(new ByteRange.Whole());
    }

    @Test
    void aRangeNamesFirstAndLastByte() {
        assertThat(ByteRange.parse("bytes=2-5", 10)).isEqualTo(new ByteRange.Part(2, 4));
        assertThat(ByteRange.parse("bytes=9-9", 10)).isEqualTo(new ByteRange.Part(9, 1));
    }

    @Test
    void anOpenRangeGoesToTheEnd() {
        assertThat(ByteRange.parse("bytes=7-", 10)).isEqualTo(new ByteRange.Part(7, 3));
        assertThat(ByteRange.parse("bytes=7-9999", 10)).isEqualTo(new ByteRange.Part(7, 3));
    }

    @Test
    void aSuffixCountsFromTheEnd() {
        assertThat(ByteRange.parse("bytes=-3", 10)).isEqualTo(new ByteRange.Part(7, 3));
        assertThat(ByteRange.parse("bytes=-30", 10)).isEqualTo(new ByteRange.Part(0, 10));
    }

    @Test
    void beyondTheEndCannotBeSatisfied() {
        assertThat(ByteRange.parse("bytes=10-", 10)).isEqualTo(new ByteRange.Unsatisfiable());
        assertThat(ByteRange.parse("bytes=-0", 10)).isEqualTo(new ByteRange.Unsatisfiable());
        assertThat(ByteRange.parse("bytes=0-", 0)).isEqualTo(new ByteRange.Unsatisfiable());
        assertThat(ByteRange.parse("bytes=-1", 0)).isEqualTo(new ByteRange.Unsatisfiable());
    }

    @Test
    void whatIsNotUnderstoodIsIgnored() {
        for (String odd : new String[] {
            "bytes=1-2,4-5", "lines=1-2", "bytes=5-2", "bytes=-", "bytes=a-b", "bytes=99999999999999999999-", ""
        }) {
            assertThat(ByteRange.parse(odd, 10)).as(odd).isEqualTo(new ByteRange.Whole());
        }
    }
}
