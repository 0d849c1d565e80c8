package io.tftpdc.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.property.RandomValues;
import io.tftpdc.property.Seeds;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Sha256Test {

    @Test
    void theDigestIsTheOneThatTheStandardGives() {
        // FIPS 180-4, examples for "abc".
        assertThat(Sha256.of("abc".getBytes(StandardCharsets.US_ASCII)).hex())
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void textBytesAndBufferAreReadBack() {
        Seeds.check(1_000, random -> {
            Sha256 hash = new RandomValues(random).hash();

            assertThat(Sha256.parse(hash.hex())).isEqualTo(hash);
            assertThat(Sha256.parse(hash.hex().toUpperCase(Locale.ROOT))).isEqualTo(hash);
            assertThat(Sha256.ofDigest(hash.bytes())).isEqualTo(hash);
            assertThat(Sha256.read(ByteBuffer.wrap(hash.bytes()))).isEqualTo(hash);
        });
    }

    @Test
    void aBufferKeepsItsPosition() {
        ByteBuffer buffer = ByteBuffer.wrap("xabcx".getBytes(StandardCharsets.US_ASCII), 1, 3);

        assertThat(Sha256.of(buffer)).isEqualTo(Sha256.of("abc".getBytes(StandardCharsets.US_ASCII)));
        assertThat(buffer.remaining()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ba78", "zz7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"})
    void otherTextIsRefused(String text) {
        assertThatThrownBy(() -> Sha256.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDigestOfAnotherLengthIsRefused() {
        assertThatThrownBy(() -> Sha256.ofDigest(new byte[31]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected 32");
    }
}
