package io.tftpdc.tftp.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.tftp.SeededCases;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BlockRolloverTest {

    @Test
    void after65535ComesZeroOrOne() {
        assertThat(LongStream.rangeClosed(65_534, 65_538).mapToObj(BlockRollover.TO_ZERO::wireNumber))
                .containsExactly(65_534, 65_535, 0, 1, 2);
        assertThat(LongStream.rangeClosed(65_534, 65_538).mapToObj(BlockRollover.TO_ONE::wireNumber))
                .containsExactly(65_534, 65_535, 1, 2, 3);
        assertThat(BlockRollover.TO_ONE.wireNumber(2 * 65_535L)).isEqualTo(65_535);
        assertThat(BlockRollover.TO_ONE.wireNumber(2 * 65_535L + 1)).isEqualTo(1);
    }

    @Test
    void blockZeroIsZeroInBoth() {
        assertThat(BlockRollover.TO_ZERO.wireNumber(0)).isZero();
        assertThat(BlockRollover.TO_ONE.wireNumber(0)).isZero();
        assertThat(BlockRollover.TO_ZERO.countFrom(0, 0)).isZero();
        assertThat(BlockRollover.TO_ONE.countFrom(0, 0)).isZero();
    }

    @Test
    void whereOneFollows65535NoLaterBlockIsZero() {
        assertThat(BlockRollover.TO_ONE.countFrom(1, 0)).isEqualTo(Long.MAX_VALUE);
        assertThat(BlockRollover.TO_ONE.countFrom(70_000, 0)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void theBlockIsFoundAgainByItsNumberWithinATurn() {
        SeededCases.check(20_000, random -> {
            for (BlockRollover rollover : BlockRollover.values()) {
                long from = random.nextLong(1L << random.nextInt(1, 40));
                long block = from + random.nextInt(65_535);
                if (from == 0 && rollover == BlockRollover.TO_ONE) {
                    from = 1;
                    block++;
                }
                assertThat(rollover.countFrom(from, rollover.wireNumber(block))).isEqualTo(block);
            }
        });
    }
}
