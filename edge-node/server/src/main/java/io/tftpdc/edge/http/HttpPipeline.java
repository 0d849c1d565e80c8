package io.tftpdc.edge.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The stages of a connection, in order:
 *
 * <pre>
 *  idle ─► codec ─► whole requests ─► RequestRouter ─┬─► OpsPages      /metrics, /health, /status
 *                                                    └─► FileDownload  /files: FileSource ─► OpenFile.read ─► client
 * </pre>
 */
final class HttpPipeline extends ChannelInitializer<Channel> {
    private static final int MAX_LINE_BYTES = 8 * 1024;
    private static final int MAX_HEADER_BYTES = 16 * 1024;
    /** Requests that we answer have no body; a small one is read and ignored. */
    private static final int MAX_BODY_BYTES = 64 * 1024;

    private final HttpSettings settings;
    private final Supplier<RequestRouter> routers;

    HttpPipeline(HttpSettings settings, Supplier<RequestRouter> routers) {
        this.settings = settings;
        this.routers = routers;
    }

    @Override
    protected void initChannel(Channel channel) {
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast("idle", new IdleStateHandler(0, 0, settings.idle().toMillis(), TimeUnit.MILLISECONDS));
        pipeline.addLast("codec", new HttpServerCodec(MAX_LINE_BYTES, MAX_HEADER_BYTES, 8 * 1024));
        pipeline.addLast("whole-requests", new HttpObjectAggregator(MAX_BODY_BYTES, true));
        pipeline.addLast("router", routers.get());
    }
}
