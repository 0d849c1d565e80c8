package io.tftpdc.edge.http;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tftpdc.runtime.HealthRegistry;
import io.tftpdc.runtime.Metrics;
import java.util.Optional;

/** What operators and their tools ask: {@code /health/live}, {@code /health/ready}, {@code /metrics}, {@code /status}. */
final class OpsPages {
    private static final String FILE_STATUS = "/status/files/";

    private final HealthRegistry health;
    private final Metrics metrics;
    private final StatusPage status;

    OpsPages(HealthRegistry health, Metrics metrics, StatusPage status) {
        this.health = health;
        this.metrics = metrics;
        this.status = status;
    }

    /** Answers, with 404 what is none of our pages. */
    ChannelFuture answer(ChannelHandlerContext ctx, HttpRequest request, String path) {
        return switch (path) {
            case "/health/live" -> report(ctx, request, health.live());
            case "/health/ready" -> report(ctx, request, health.ready());
            case "/metrics" -> {
                String contentType = Metrics.contentType(request.headers().get(HttpHeaderNames.ACCEPT));
                yield Responses.send(ctx, request, HttpResponseStatus.OK, contentType, metrics.scrape(contentType));
            }
            case "/status" -> json(ctx, request, HttpResponseStatus.OK, status.node());
            default -> {
                Optional<String> file = path.startsWith(FILE_STATUS)
                        ? fileStatus(path.substring(FILE_STATUS.length()))
                        : Optional.empty();
                yield file.isPresent()
                        ? json(ctx, request, HttpResponseStatus.OK, file.get())
                        : Responses.send(
                                ctx,
                                request,
                                HttpResponseStatus.NOT_FOUND,
                                Responses.TEXT,
                                "No such page; there are /files/..., /health/ready, /metrics, /status and"
                                        + " /status/files/TENANT/PATH\n");
            }
        };
    }

    private Optional<String> fileStatus(String tenantAndPath) {
        int slash = tenantAndPath.indexOf('/');
        return slash < 0
                ? Optional.empty()
                : status.file(tenantAndPath.substring(0, slash), tenantAndPath.substring(slash + 1));
    }

    private static ChannelFuture report(ChannelHandlerContext ctx, HttpRequest request, HealthRegistry.Report report) {
        return json(ctx, request, HttpResponseStatus.valueOf(report.httpStatus()), report.toJson());
    }

    private static ChannelFuture json(
            ChannelHandlerContext ctx, HttpRequest request, HttpResponseStatus status, String json) {
        return Responses.send(
                ctx,
                request,
                status,
                Responses.JSON,
                json + "\n",
                headers -> headers.set(HttpHeaderNames.CACHE_CONTROL, "no-store"));
    }
}
