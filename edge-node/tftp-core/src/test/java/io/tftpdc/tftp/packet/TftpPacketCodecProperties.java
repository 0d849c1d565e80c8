package io.tftpdc.tftp.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.tftp.SeededCases;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class TftpPacketCodecProperties {

    @Test
    void decodingWhatWasEncodedGivesThePacketBack() {
        SeededCases.check(20_000, random -> {
            TftpPacket packet = RandomPackets.packet(random);
            assertThat(TftpPacketCodec.decode(TftpPacketCodec.encode(packet))).isEqualTo(packet);
        });
    }

    @Test
    void arbitraryBytesNeverThrow() {
        SeededCases.check(50_000, random -> {
            byte[] bytes = RandomPackets.bytes(random, random.nextInt(80));
            if (bytes.length > 1 && random.nextInt(10) > 0) {
                bytes[0] = 0;
                bytes[1] = (byte) random.nextInt(8);
            }
            for (int i = 2; i < bytes.length; i++) {
                // Mostly text and zero bytes, or requests would hardly ever get past their file name.
                bytes[i] = random.nextInt(4) == 0 ? 0 : bytes[i];
            }
            Decoded decoded = TftpPacketCodec.decode(ByteBuffer.wrap(bytes));
            if (bytes.length > 1 && bytes[0] == 0 && bytes[1] == Opcode.ERROR.code()) {
                assertThat(decoded).as("an ERROR stays one").isInstanceOf(TftpPacket.ErrorPacket.class);
            }
        });
    }

    @Test
    void packetsCutShortOrWithOneByteChangedNeverThrow() {
        SeededCases.check(20_000, random -> {
            ByteBuffer encoded = TftpPacketCodec.encode(RandomPackets.packet(random));
            encoded.limit(random.nextInt(encoded.limit() + 1));
            if (encoded.limit() > 0) {
                encoded.put(random.nextInt(encoded.limit()), (byte) random.nextInt(256));
            }
            assertThat(TftpPacketCodec.decode(encoded)).isNotNull();
        });
    }

    @Test
    void aHeaderIsRecognisedAsThePacketThatItDecodesTo() {
        SeededCases.check(20_000, random -> {
            ByteBuffer encoded = TftpPacketCodec.encode(RandomPackets.packet(random));
            if (encoded.remaining() < 4) {
                return;
            }
            int header = encoded.getInt(0);
            Decoded decoded = TftpPacketCodec.decode(encoded);
            int ack = decoded instanceof TftpPacket.Ack packet ? packet.block().value() : TftpPacketCodec.OTHER_PACKET;
            int data =
                    decoded instanceof TftpPacket.Data packet ? packet.block().value() : TftpPacketCodec.OTHER_PACKET;
            assertThat(TftpPacketCodec.ackBlock(header)).isEqualTo(ack);
            assertThat(TftpPacketCodec.dataBlock(header)).isEqualTo(data);
        });
    }
}
