package io.tftpdc.edge.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.tftpdc.edge.NoLeaks;
import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.Decoded;
import io.tftpdc.tftp.packet.TftpOption;
import io.tftpdc.tftp.packet.TftpPacket.Ack;
import io.tftpdc.tftp.packet.TftpPacket.Data;
import io.tftpdc.tftp.packet.TftpPacket.OptionAck;
import io.tftpdc.tftp.packet.TftpPacket.ReadRequest;
import io.tftpdc.tftp.packet.TftpPacketCodec;
import io.tftpdc.tftp.packet.TransferMode;
import io.tftpdc.tftp.transfer.Action;
import io.tftpdc.tftp.transfer.Input;
import io.tftpdc.tftp.transfer.NegotiationPolicy;
import io.tftpdc.tftp.transfer.OptionNegotiation;
import io.tftpdc.tftp.transfer.ReadState;
import io.tftpdc.tftp.transfer.ReadTransfer;
import io.tftpdc.tftp.transfer.Step;
import io.tftpdc.tftp.transfer.TransferSize;
import io.tftpdc.tftp.transfer.TransferTerms;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** One read, told twice: stage by stage as {@link TftpPipeline} lists them, then as a client sees it. */
@ExtendWith(NoLeaks.class)
class FollowOneReadTest {

    private static final byte[] FIRMWARE = "0123456789".repeat(70).getBytes(StandardCharsets.US_ASCII);

    /** What a switch sends when it boots. */
    private static final byte[] REQUEST =
            "\0\1\\boot\\switch.bin\0OCTET\0blksize\000512\0tsize\0000\0".getBytes(StandardCharsets.US_ASCII);

    @Test
    void stageByStage() {
        // The two pipelines, by the names of their handlers.
        EmbeddedChannel listener = new EmbeddedChannel();
        TftpPipeline.assembleListener(listener, new RequestDispatcher(List.of()));
        assertThat(listener.pipeline().names())
                .startsWith(TftpPipeline.PACKET_DECODER, TftpPipeline.REQUEST_DISPATCHER);

        // TftpPacketCodec: bytes become a packet.
        Decoded packet = TftpPacketCodec.decode(ByteBuffer.wrap(REQUEST));
        List<TftpOption> asked = List.of(new TftpOption("blksize", "512"), new TftpOption("tsize", "0"));
        assertThat(packet).isEqualTo(new ReadRequest("\\boot\\switch.bin", TransferMode.OCTET, asked));

        // OptionNegotiation: what the client asked for, and how big the file is, become terms.
        TransferTerms terms =
                OptionNegotiation.forRead(asked, new TransferSize(FIRMWARE.length), NegotiationPolicy.DEFAULT);
        assertThat(terms.acknowledged())
                .containsExactly(new TftpOption("blksize", "512"), new TftpOption("tsize", "700"));

        // ReadTransfer, first step: the OACK.
        Step<ReadState> step = ReadTransfer.start(terms, new TransferSize(FIRMWARE.length));
        assertThat(step.next()).isInstanceOf(ReadState.AwaitingOptionAck.class);
        assertThat(step.actions().getFirst()).isEqualTo(new Action.Send(new OptionAck(terms.acknowledged())));

        // ReadTransfer, each ACK: which blocks to send next. TransferTerms know where their bytes are.
        step = ReadTransfer.step(step.next(), ack(0));
        assertThat(step.actions().getFirst()).isEqualTo(new Action.SendBlocks(1, 1));
        step = ReadTransfer.step(step.next(), ack(1));
        assertThat(step.actions().getFirst()).isEqualTo(new Action.SendBlocks(2, 2));
        step = ReadTransfer.step(step.next(), ack(2));
        assertThat(step.next()).isInstanceOf(ReadState.Completed.class);
    }

    @Test
    void asTheClientSeesIt() throws Exception {
        try (TestServer server = TestServer.start(new InMemoryFiles().with("boot/switch.bin", FIRMWARE));
                TestClient client = server.client()) {
            // The request goes to the well-known port ...
            client.sendBytes(REQUEST, server.address());

            // ... and is answered from another: our half of the TransferId.
            TestClient.Incoming oack = client.receive();
            assertThat(oack.from().getPort()).isNotEqualTo(server.address().getPort());
            assertThat(((OptionAck) oack.packet()).options())
                    .containsExactly(new TftpOption("blksize", "512"), new TftpOption("tsize", "700"));

            // RequestHandler asked for the file by its normal name.
            assertThat(server.files.asked).containsExactly("boot/switch.bin");

            // Each ACK brings the next block, the short one being the last.
            client.ack(0, oack.from());
            assertThat(client.expect(Data.class)).isEqualTo(data(1, 0, 512));
            client.ack(1, oack.from());
            assertThat(client.expect(Data.class)).isEqualTo(data(2, 512, 188));
            client.ack(2, oack.from());

            // When all is acknowledged the transfer is reported, and the file let go.
            TransferReport report = server.report();
            assertThat(report.outcome()).isEqualTo(TransferReport.Outcome.COMPLETED);
            assertThat(report.client().getPort()).isEqualTo(client.port());
            assertThat(report.local()).isEqualTo(oack.from());
            assertThat(report.tenant() + "/" + report.path()).isEqualTo("lab/boot/switch.bin");
            assertThat(report.sha256Hex()).hasSize(64);
            assertThat(report.options()).isEqualTo(Map.of("blksize", "512", "tsize", "700"));
            assertThat(report.bytesAcknowledged()).isEqualTo(700);
            assertThat(report.durationNanos()).isPositive();
            assertThat(server.files.open).hasValue(0);
        }
    }

    private static Input ack(int block) {
        return new Input.PacketReceived(new Ack(new BlockNumber(block)));
    }

    private static Data data(int block, int offset, int length) {
        return new Data(new BlockNumber(block), ByteBuffer.wrap(FIRMWARE, offset, length));
    }
}
