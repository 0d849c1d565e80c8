package io.tftpdc.edge.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class KeyFilterTest {
    private final KeyFilter filter = new KeyFilter();

    @Test
    void whatWasAddedIsNeverTakenForNew() {
        for (int i = 0; i < 100_000; i++) {
            filter.add(key(i));
        }

        for (int i = 0; i < 100_000; i++) {
            assertThat(filter.add(key(i))).as("key %d", i).isTrue();
        }
    }

    @Test
    void ofAMillionKeysHardlyAnyIsTakenForSeenBefore() {
        int seen = 0;
        for (int i = 0; i < 1_000_000; i++) {
            seen += filter.add(key(i)) ? 1 : 0;
        }

        assertThat(seen).isLessThan(1_000);
    }

    private static byte[] key(int i) {
        return ("tenant-" + i % 10 + "/images/model-" + i % 1000 + "/release-" + i / 1000 + "/firmware.bin")
                .getBytes(StandardCharsets.UTF_8);
    }
}
