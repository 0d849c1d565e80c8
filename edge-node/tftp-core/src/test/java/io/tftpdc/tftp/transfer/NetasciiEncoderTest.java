package io.tftpdc.tftp.transfer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.tftp.SeededCases;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class NetasciiEncoderTest {

    @Test
    void lineEndsTravelAsCrLfAndCarriageReturnsAsCrNul() {
        assertThat(encoded("a\nb\rc\r\n")).isEqualTo("a\r\nb\r\0c\r\0\r\n");
    }

    @Test
    void aPairCutByTheEndOfABlockIsContinuedInTheNext() {
        NetasciiEncoder encoder = new NetasciiEncoder();
        ByteBuffer in = ByteBuffer.wrap("a\nb".getBytes(ISO_8859_1));
        ByteBuffer block = ByteBuffer.allocate(2);
        encoder.encode(in, block);
        assertThat(block.array()).containsExactly('a', '\r');
        assertThat(encoder.pending()).isEqualTo('\n');

        ByteBuffer next = ByteBuffer.allocate(2);
        new NetasciiEncoder(encoder.pending()).encode(in, next);
        assertThat(next.array()).containsExactly('\n', 'b');
    }

    @Test
    void anySplitOfInputAndOutputGivesTheSameBytes() {
        SeededCases.check(2_000, random -> {
            String text = random.ints(random.nextInt(60), 0, 4)
                    .mapToObj(i -> String.valueOf("\r\nxy".charAt(i)))
                    .reduce("", String::concat);
            byte[] source = text.getBytes(ISO_8859_1);
            StringBuilder whole = new StringBuilder();
            int at = 0;
            int pending = NetasciiEncoder.NOTHING_PENDING;
            while (at < source.length || pending != NetasciiEncoder.NOTHING_PENDING) {
                NetasciiEncoder encoder = new NetasciiEncoder(pending);
                ByteBuffer in = ByteBuffer.wrap(source, at, Math.min(random.nextInt(9), source.length - at));
                ByteBuffer out = ByteBuffer.allocate(random.nextInt(9));
                encoder.encode(in, out);
                at = in.position();
                pending = encoder.pending();
                whole.append(ISO_8859_1.decode(out.flip()));
            }
            assertThat(whole.toString()).isEqualTo(encoded(text));
        });
    }

    /** The plain definition. CR must go first, or the CRs of line ends would be translated too. */
    private static String encoded(String text) {
        String expected = text.replace("\r", "\r\0").replace("\n", "\r\n");
        ByteBuffer out = ByteBuffer.allocate(text.length() * 2);
        new NetasciiEncoder().encode(ByteBuffer.wrap(text.getBytes(ISO_8859_1)), out);
        assertThat(ISO_8859_1.decode(out.flip()).toString()).isEqualTo(expected);
        return expected;
    }
}
