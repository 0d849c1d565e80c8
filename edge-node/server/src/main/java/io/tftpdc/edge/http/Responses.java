package io.tftpdc.edge.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Whole answers. */
final class Responses {
    static final String TEXT = "text/plain; charset=utf-8";
    static final String JSON = "application/json";

    private Responses() {}

    /** Sends a whole answer; a HEAD request gets its header only. Closes the connection unless it is to be kept. */
    static ChannelFuture send(
            ChannelHandlerContext ctx,
            HttpRequest request,
            HttpResponseStatus status,
            String contentType,
            String body,
            Consumer<HttpHeaders> headers) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        boolean head = request.method().equals(HttpMethod.HEAD);
        ByteBuf content = head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(bytes);
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, content);
        if (!status.equals(HttpResponseStatus.NOT_MODIFIED)) {
            response.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, contentType)
                    .set(HttpHeaderNames.CONTENT_LENGTH, bytes.length);
        }
        headers.accept(response.headers());
        boolean keepAlive = keepAlive(request, response);
        ChannelFuture written = ctx.writeAndFlush(response);
        return keepAlive ? written : written.addListener(ChannelFutureListener.CLOSE);
    }

    static ChannelFuture send(
            ChannelHandlerContext ctx,
            HttpRequest request,
            HttpResponseStatus status,
            String contentType,
            String body) {
        return send(ctx, request, status, contentType, body, headers -> {});
    }

    /** Marks the answer with what becomes of the connection. */
    static boolean keepAlive(HttpRequest request, HttpResponse response) {
        boolean keep = HttpUtil.isKeepAlive(request) && request.decoderResult().isSuccess();
        HttpUtil.setKeepAlive(response.headers(), request.protocolVersion(), keep);
        return keep;
    }
}
