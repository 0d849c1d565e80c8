package io.tftpdc.edge.net;

import io.netty.channel.Channel;

/**
 * The stages from a datagram to file bytes, in order. On Linux with Java 22 or later:
 *
 * <pre>
 * listener          {@link BatchedSocket}, one per event loop ─► {@link RequestHandler}
 * event loop        {@link RequestHandler} ─► RequestLimits ─► RequestPolicy ─► {@link Lookups} ─► FileSource
 *                   {@link ReadStarter} ─► {@link TransferPorts} ─► OptionNegotiation
 *                                   └─► {@link ReadSession}, the first step of ReadTransfer
 * transfer port     {@link BatchedSocket} ─► {@link ReadSession} ─► SteadyRead, or ReadTransfer.step
 *                                                   └─ blocks ─► {@link BatchedBlockSender} ─► DATA
 *
 * and of an upload
 * event loop        {@link RequestHandler} ─► {@link UploadStarter} ─► Uploads, OptionNegotiation
 * transfer port     {@link BatchedSocket} ─► {@link WriteSession} ─► SteadyWrite, or WriteTransfer.step
 *                                                   └─ payloads ─► UploadSink
 *                                                   └─ {@link AckSender} ─► ACK, when there is room, and the last
 *                                                                   when it is stored
 * </pre>
 *
 * Elsewhere Netty's channels carry the same, and this class names their handlers:
 *
 * <pre>
 * listener          {@link PacketDecoder} ─► {@link RequestDispatcher} ─► to the client's event loop
 * transfer port     {@link PacketDecoder} ─► {@link TransferHandler} ─► {@link ReadSession} ─► ReadTransfer.step
 *                                                            └─ blocks ─► {@link ChannelPort} ─► DATA
 * </pre>
 *
 * {@code FollowOneReadTest} tells the same as a story.
 */
final class TftpPipeline {

    static final String PACKET_DECODER = "packet-decoder";
    static final String REQUEST_DISPATCHER = "request-dispatcher";
    static final String TRANSFER_HANDLER = "transfer-handler";

    private TftpPipeline() {}

    /** For a socket that requests arrive at. */
    static void assembleListener(Channel channel, RequestDispatcher dispatcher) {
        channel.pipeline().addLast(PACKET_DECODER, new PacketDecoder()).addLast(REQUEST_DISPATCHER, dispatcher);
    }

    /** For a socket that transfers run on. */
    static void assembleTransferPort(Channel channel, TransferHandler transfers) {
        channel.pipeline().addLast(PACKET_DECODER, new PacketDecoder()).addLast(TRANSFER_HANDLER, transfers);
    }
}
