package io.tftpdc.tftp.packet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.tftp.packet.TftpPacket.Ack;
import io.tftpdc.tftp.packet.TftpPacket.ErrorPacket;
import io.tftpdc.tftp.packet.TftpPacket.OptionAck;
import io.tftpdc.tftp.packet.TftpPacket.ReadRequest;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class TftpPacketCodecTest {

    @Test
    void aReadRequestHasTheBytesOfRfc2347() {
        ReadRequest request = new ReadRequest("boot/x", TransferMode.OCTET, List.of(new TftpOption("blksize", "1428")));
        assertThat(latin1(TftpPacketCodec.encode(request))).isEqualTo("\0\1boot/x\0octet\0blksize\0001428\0");
    }

    @Test
    void aDataHeaderIsOpcodeAndBlock() {
        ByteBuffer header = ByteBuffer.allocate(TftpPacketCodec.DATA_HEADER_BYTES);
        TftpPacketCodec.encodeDataHeader(new BlockNumber(0xFFFE), header);
        assertThat(HexFormat.of().formatHex(header.array())).isEqualTo("0003fffe");
    }

    @Test
    void headersAsNumbersHaveTheSameBytes() {
        assertThat(TftpPacketCodec.dataHeader(0xFFFE)).isEqualTo(0x0003_FFFE);
        assertThat(TftpPacketCodec.ackHeader(0xFFFE)).isEqualTo(0x0004_FFFE);
        assertThat(TftpPacketCodec.ackBlock(0x0004_FFFE)).isEqualTo(0xFFFE);
        assertThat(TftpPacketCodec.ackBlock(0x8004_0001)).isEqualTo(TftpPacketCodec.OTHER_PACKET);
        assertThat(TftpPacketCodec.ackBlock(0x0104_0001)).isEqualTo(TftpPacketCodec.OTHER_PACKET);
    }

    @Test
    void modeIsReadInAnyCase() {
        assertThat(decode("\0\1f\0OcTeT\0")).isEqualTo(new ReadRequest("f", TransferMode.OCTET, List.of()));
    }

    @Test
    void optionNamesKeepTheirSpellingAndCompareInLowerCase() {
        ReadRequest request = (ReadRequest) decode("\0\1f\0octet\0BlkSize\000512\0");
        assertThat(request.options()).containsExactly(new TftpOption("BlkSize", "512"));
        assertThat(request.options().getFirst().canonicalName()).isEqualTo(TftpOption.BLKSIZE);
    }

    @Test
    void zeroBytesAfterTheOptionsAreIgnored() {
        assertThat(decode("\0\1f\0octet\0tsize\0000\0\0\0\0\0"))
                .isEqualTo(new ReadRequest("f", TransferMode.OCTET, List.of(new TftpOption("tsize", "0"))));
        assertThat(decode("\0\6tsize\0007\0\0\0")).isEqualTo(new OptionAck(List.of(new TftpOption("tsize", "7"))));
    }

    @Test
    void anOptionCutInHalfIsIgnored() {
        assertThat(decode("\0\1f\0octet\0tsize\0000\0blksize\000512"))
                .isEqualTo(new ReadRequest("f", TransferMode.OCTET, List.of(new TftpOption("tsize", "0"))));
    }

    @Test
    void paddingAfterAnAckIsIgnored() {
        assertThat(decode("\0\4\0\7\0\0\0\0\0\0\0\0\0\0\0\0")).isEqualTo(new Ack(new BlockNumber(7)));
    }

    @Test
    void anErrorCutShortIsStillAnError() {
        assertThat(decode("\0\5")).isEqualTo(new ErrorPacket(ErrorCode.NOT_DEFINED, ""));
        assertThat(decode("\0\5\0\10stop")).isEqualTo(new ErrorPacket(ErrorCode.OPTIONS_REFUSED, "stop"));
    }

    @Test
    void anUnknownErrorCodeSurvives() {
        assertThat(decode("\0\5\1\2odd\0")).isEqualTo(new ErrorPacket(new ErrorCode(258), "odd"));
    }

    @Test
    void inANameWhatIsNotUtf8IsMarked() {
        assertThat(decode("\0\1f\u00fcr\0octet\0"))
                .isEqualTo(new ReadRequest("f\uFFFDr", TransferMode.OCTET, List.of()));
        assertThat(decode("\0\1f\u00c3\u00bcr\0octet\0"))
                .isEqualTo(new ReadRequest("f\u00fcr", TransferMode.OCTET, List.of()));
        assertThat(TftpPacketCodec.NOT_UTF8).isEqualTo('\uFFFD');
    }

    @Test
    void otherTextThatIsNotUtf8IsReadAsLatin1() {
        assertThat(decode("\0\5\0\0f\u00fcr\0")).isEqualTo(new ErrorPacket(ErrorCode.NOT_DEFINED, "f\u00fcr"));
    }

    @Test
    void whatIsNoPacketSaysWhy() {
        assertThat(decode("\0")).isEqualTo(new Malformed("shorter than an opcode"));
        assertThat(decode("\0\11f\0")).isEqualTo(new Malformed("unknown opcode 9"));
        assertThat(decode("\0\1f")).isEqualTo(new Malformed("the file name does not end with a zero byte"));
        assertThat(decode("\0\1\0octet\0")).isEqualTo(new Malformed("the file name is empty"));
        assertThat(decode("\0\1f\0octet")).isEqualTo(new Malformed("the transfer mode does not end with a zero byte"));
        assertThat(decode("\0\1f\0ebcdic\0"))
                .isEqualTo(new Malformed("unknown transfer mode, expected octet or netascii"));
        assertThat(decode("\0\3\0")).isEqualTo(new Malformed("DATA without a block number"));
        assertThat(decode("\0\4\0")).isEqualTo(new Malformed("ACK without a block number"));
    }

    @Test
    void anErrorOfOurOwnFitsItsDatagramAndItsLine() {
        ErrorPacket error = ErrorPacket.of(ErrorCode.NOT_DEFINED, "two\nlines\0" + "x".repeat(1000));
        assertThat(error.message()).startsWith("two lines xxx").hasSize(400);
    }

    private static Decoded decode(String bytes) {
        return TftpPacketCodec.decode(ByteBuffer.wrap(bytes.getBytes(ISO_8859_1)));
    }

    private static String latin1(ByteBuffer bytes) {
        return ISO_8859_1.decode(bytes).toString();
    }
}
