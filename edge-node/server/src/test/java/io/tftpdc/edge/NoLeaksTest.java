package io.tftpdc.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;

class NoLeaksTest {

    @Test
    void aBufferThatNobodyReleasesIsFound() throws InterruptedException {
        assertThat(NoLeaks.leaks()).isEmpty();
        lose();
        assertThat(NoLeaks.leaks()).hasSize(1);
    }

    private static void lose() {
        ByteBuf lost = ByteBufAllocator.DEFAULT.directBuffer(100);
        assertThat(lost.refCnt()).isOne();
    }
}
