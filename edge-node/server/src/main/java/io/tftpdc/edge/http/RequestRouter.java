package io.tftpdc.edge.http;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection: answers its requests one after the other. All on the connection's event loop. */
final class RequestRouter extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(RequestRouter.class);

    static final String FILES = "/files/";
    /** Requests that a client may send ahead; one that sends more is closed. */
    private static final int MAX_PIPELINED = 16;

    private final OpsPages pages;
    private final BiFunction<ChannelHandlerContext, FullHttpRequest, FileDownload> downloads;
    private final HttpMetrics metrics;
    private final int maxConnections;
    private final Deque<FullHttpRequest> waiting = new ArrayDeque<>();
    private @Nullable FileDownload running;
    private boolean counted;

    RequestRouter(
            OpsPages pages,
            BiFunction<ChannelHandlerContext, FullHttpRequest, FileDownload> downloads,
            HttpMetrics metrics,
            int maxConnections) {
        this.pages = pages;
        this.downloads = downloads;
        this.metrics = metrics;
        this.maxConnections = maxConnections;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        counted = true;
        if (metrics.connections.incrementAndGet() > maxConnections) {
            metrics.refused.increment();
            ctx.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof FullHttpRequest request)) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (running == null) {
            answer(ctx, request);
        } else if (waiting.size() < MAX_PIPELINED) {
            waiting.add(request);
        } else {
            request.release();
            ctx.close();
        }
    }

    private void answer(ChannelHandlerContext ctx, FullHttpRequest request) {
        try {
            route(ctx, request);
        } finally {
            request.release();
        }
    }

    private void route(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            Responses.send(
                            ctx,
                            request,
                            HttpResponseStatus.BAD_REQUEST,
                            Responses.TEXT,
                            "This is no HTTP request that can be read\n")
                    .addListener(ChannelFutureListener.CLOSE);
            return;
        }
        boolean read =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        if (!read) {
            Responses.send(
                    ctx,
                    request,
                    HttpResponseStatus.METHOD_NOT_ALLOWED,
                    Responses.TEXT,
                    "Use GET or HEAD; files are published through the admin API\n",
                    headers -> headers.set(HttpHeaderNames.ALLOW, "GET, HEAD"));
            return;
        }
        String path = rawPath(request.uri());
        if (path.startsWith(FILES)) {
            FileDownload download = downloads.apply(ctx, request);
            running = download;
            download.start(path.substring(FILES.length()), () -> next(ctx));
        } else {
            pages.answer(ctx, request, decoded(path));
        }
    }

    private static String rawPath(String uri) {
        int end = uri.indexOf('?');
        return end < 0 ? uri : uri.substring(0, end);
    }

    private static String decoded(String path) {
        try {
            return QueryStringDecoder.decodeComponent(path.replace("+", "%2B"));
        } catch (IllegalArgumentException e) {
            return path;
        }
    }

    /** The download is over: the request after it has its turn. */
    private void next(ChannelHandlerContext ctx) {
        running = null;
        while (running == null && !waiting.isEmpty() && ctx.channel().isActive()) {
            answer(ctx, waiting.removeFirst());
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (running != null) {
            running.proceed();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent) {
            if (running != null) {
                running.timedOut();
            }
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (counted) {
            counted = false;
            metrics.connections.decrementAndGet();
        }
        if (running != null) {
            running.disconnected();
        }
        waiting.forEach(FullHttpRequest::release);
        waiting.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.atDebug().addKeyValue("peer", ctx.channel().remoteAddress()).log("Connection was lost");
        } else {
            LOG.atWarn()
                    .addKeyValue("peer", ctx.channel().remoteAddress())
                    .setCause(cause)
                    .log("Connection is closed because of an error");
        }
        ctx.close();
    }
}
