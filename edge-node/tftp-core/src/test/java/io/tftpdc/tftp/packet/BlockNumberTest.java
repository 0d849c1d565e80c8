package io.tftpdc.tftp.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class BlockNumberTest {

    @Test
    void afterTheLargestNumberComesZero() {
        assertThat(BlockNumber.of(65535)).isEqualTo(new BlockNumber(65535));
        assertThat(BlockNumber.of(65536)).isEqualTo(BlockNumber.ZERO);
        assertThat(BlockNumber.of(3 * 65536L + 7)).isEqualTo(new BlockNumber(7));
    }

    @Test
    void aNumberOfMoreThan16BitsIsNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> new BlockNumber(65536));
        assertThatIllegalArgumentException().isThrownBy(() -> new BlockNumber(-1));
    }
}
