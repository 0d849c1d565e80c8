package io.tftpdc.tftp.packet;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tftpdc.tftp.transfer.NegotiationPolicy;
import io.tftpdc.tftp.transfer.OptionNegotiation;
import io.tftpdc.tftp.transfer.TransferSize;
import io.tftpdc.tftp.transfer.TransferTerms;
import java.nio.ByteBuffer;

/**
 * Any datagram at all, and the options in it. As a test it replays the datagrams in {@code TftpPacketCodecFuzzTestInputs};
 * {@code JAZZER_FUZZ=1} looks for new ones.
 */
class TftpPacketCodecFuzzTest {

    @FuzzTest(maxDuration = "60s")
    void anyDatagramDecodesAndWhatItDecodesToSurvivesTheWire(byte[] datagram) {
        Decoded decoded = TftpPacketCodec.decode(ByteBuffer.wrap(datagram));
        boolean startsLikeAnError = datagram.length > 1 && datagram[0] == 0 && datagram[1] == Opcode.ERROR.code();
        assertThat(decoded instanceof TftpPacket.ErrorPacket)
                .as("an ERROR stays one, however short, or it would be answered with another")
                .isEqualTo(startsLikeAnError);
        if (decoded instanceof TftpPacket packet) {
            assertThat(TftpPacketCodec.decode(TftpPacketCodec.encode(packet))).isEqualTo(packet);
        }
        if (decoded instanceof TftpPacket.Request request) {
            checkTerms(OptionNegotiation.forRead(request.options(), new TransferSize(7), NegotiationPolicy.DEFAULT));
            checkTerms(OptionNegotiation.forWrite(request.options(), NegotiationPolicy.DEFAULT));
        }
        if (datagram.length >= 4) {
            int header = ByteBuffer.wrap(datagram).getInt();
            assertThat(TftpPacketCodec.ackBlock(header) != TftpPacketCodec.OTHER_PACKET)
                    .isEqualTo(decoded instanceof TftpPacket.Ack);
            assertThat(TftpPacketCodec.dataBlock(header) != TftpPacketCodec.OTHER_PACKET)
                    .isEqualTo(decoded instanceof TftpPacket.Data);
        }
    }

    private static void checkTerms(TransferTerms terms) {
        assertThat(terms.blockSize()).isBetween(8, 65464);
        assertThat(terms.windowSize()).isBetween(1, 64);
        assertThat(terms.acknowledged()).hasSizeLessThanOrEqualTo(6);
    }
}
