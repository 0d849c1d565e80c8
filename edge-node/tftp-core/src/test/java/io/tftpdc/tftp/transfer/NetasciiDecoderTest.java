package io.tftpdc.tftp.transfer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.tftp.SeededCases;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NetasciiDecoderTest {

    @Test
    void crLfIsALineEndAndCrNulACarriageReturn() {
        assertThat(decoded("a\r\nb\r\0c\r\0\r\n")).isEqualTo("a\nb\rc\r\n");
    }

    @Test
    void whatIsNoNetasciiIsKept() {
        assertThat(decoded("a\rb\nc\0")).isEqualTo("a\rb\nc\0");
        assertThat(decoded("\r\r\n")).isEqualTo("\r\n");
        assertThat(decoded("\r\r\0\r")).isEqualTo("\r\r\r");
    }

    @Test
    void decodingWhatWasEncodedGivesTheTextBackWhateverTheBlocks() {
        SeededCases.check(5_000, random -> {
            String text = text(random, "\r\nxy");
            ByteBuffer encoded = ByteBuffer.allocate(2 * text.length());
            ByteBuffer source = ByteBuffer.wrap(text.getBytes(ISO_8859_1));
            long length = NetasciiEncoder.encodedLength(source);
            assertThat(source.position()).as("counting consumes nothing").isZero();
            new NetasciiEncoder().encode(source, encoded);
            assertThat(encoded.flip().remaining()).isEqualTo(length);
            assertThat(decodedInPieces(random, ISO_8859_1.decode(encoded).toString()))
                    .isEqualTo(text);
        });
    }

    @Test
    void anySplitOfInputAndOutputGivesTheSameBytes() {
        SeededCases.check(5_000, random -> {
            String text = text(random, "\r\n\0x");
            assertThat(decodedInPieces(random, text)).isEqualTo(decoded(text));
        });
    }

    private static String text(Random random, String alphabet) {
        return random.ints(random.nextInt(60), 0, alphabet.length())
                .mapToObj(i -> String.valueOf(alphabet.charAt(i)))
                .reduce("", String::concat);
    }

    private static String decodedInPieces(Random random, String text) {
        byte[] source = text.getBytes(ISO_8859_1);
        NetasciiDecoder decoder = new NetasciiDecoder();
        StringBuilder whole = new StringBuilder();
        int at = 0;
        while (at < source.length) {
            ByteBuffer in = ByteBuffer.wrap(source, at, Math.min(random.nextInt(9), source.length - at));
            ByteBuffer out = ByteBuffer.allocate(random.nextInt(9));
            decoder.decode(in, out);
            at = in.position();
            whole.append(ISO_8859_1.decode(out.flip()));
        }
        ByteBuffer out = ByteBuffer.allocate(1);
        decoder.finish(out);
        return whole.append(ISO_8859_1.decode(out.flip())).toString();
    }

    private static String decoded(String text) {
        NetasciiDecoder decoder = new NetasciiDecoder();
        ByteBuffer in = ByteBuffer.wrap(text.getBytes(ISO_8859_1));
        ByteBuffer out = ByteBuffer.allocate(text.length() + 1);
        decoder.decode(in, out);
        assertThat(in.hasRemaining()).as("one byte more is always enough").isFalse();
        decoder.finish(out);
        return ISO_8859_1.decode(out.flip()).toString();
    }
}
