package io.tftpdc.edge.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.tftpdc.edge.policy.LoopLimits;
import io.tftpdc.tftp.packet.ErrorCode;
import io.tftpdc.tftp.packet.Malformed;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.packet.TftpPacket.ErrorPacket;
import io.tftpdc.tftp.transfer.Input.PacketReceived;
import io.tftpdc.tftp.transfer.TransferId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives each packet at a transfer port to its transfer. A packet from an endpoint that has none gets error 5 (RFC 1350
 * section 4) and disturbs nobody; a damaged one is counted and left to the retransmission.
 */
final class TransferHandler extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(TransferHandler.class);
    private static final ErrorPacket UNKNOWN_TRANSFER =
            ErrorPacket.of(ErrorCode.UNKNOWN_TRANSFER_ID, "no such transfer");

    private final TransferRegistry registry;
    private final LoopTimers timers;
    private final LoopLimits limits;
    private final TftpMetrics metrics;
    private @Nullable ChannelPort port;

    TransferHandler(TransferRegistry registry, LoopTimers timers, LoopLimits limits, TftpMetrics metrics) {
        this.registry = registry;
        this.timers = timers;
        this.limits = limits;
        this.metrics = metrics;
    }

    /** Called once, when the port is bound and before it has received anything. */
    void attach(ChannelPort bound) {
        this.port = bound;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ChannelPort here = port;
        if (here == null) {
            return;
        }
        here.beginBatch();
        Received received = (Received) message;
        TransferId id = new TransferId(received.client(), here.local());
        switch (received.content()) {
            case Malformed malformed -> metrics.malformed.increment();
            case TftpPacket packet ->
                registry.find(id)
                        .ifPresentOrElse(
                                session -> session.on(new PacketReceived(packet)),
                                () -> fromStranger(here, id, packet));
        }
    }

    private void fromStranger(ChannelPort here, TransferId id, TftpPacket packet) {
        if (registry.dallying(id, timers.nanos())) {
            return; // a late packet of a transfer that has just ended
        }
        metrics.strangers.increment();
        if (!(packet instanceof ErrorPacket) && limits.admitsError(id.client().getAddress(), timers.nanos())) {
            here.send(UNKNOWN_TRANSFER, id.client());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (port != null) {
            port.endBatch();
        }
    }

    /** The kernel did not take a packet, for example because there is no route: the timer tries again. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        metrics.notSent.increment();
        LOG.atTrace().setMessage("packet not sent").setCause(cause).log();
    }
}
