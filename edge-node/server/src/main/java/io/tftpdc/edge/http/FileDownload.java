package io.tftpdc.edge.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.tftpdc.edge.content.FileSource;
import io.tftpdc.edge.content.Lookup;
import io.tftpdc.edge.content.OpenFile;
import io.tftpdc.edge.content.TransferListener;
import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.edge.content.TransferReport.Operation;
import io.tftpdc.edge.content.TransferReport.Outcome;
import io.tftpdc.event.FilePath;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request for a file, from its arrival to its last byte. Bytes are read when the connection takes them, so a slow
 * client holds a few pieces in memory at most; what is not on this node yet is waited for in the middle of the answer.
 * All on the connection's event loop.
 */
final class FileDownload {
    private static final Logger LOG = LoggerFactory.getLogger(FileDownload.class);

    private static final int PIECE_BYTES = 64 * 1024;
    private static final String OCTETS = "application/octet-stream";

    private final ChannelHandlerContext ctx;
    private final String method;
    private final HttpRequest request;
    private final FileSource files;
    private final TransferListener reports;
    private final HttpMetrics metrics;
    private final Instant startedAt = Instant.now();
    private final long startedNanos = System.nanoTime();

    private Runnable whenOver = () -> {};
    private String tenant = "";
    private String path = "";
    private @Nullable OpenFile file;
    private long position;
    private long end;
    private long written;
    private boolean keepAlive;
    private boolean sending;
    private boolean proceeding;
    private boolean loading;
    private boolean over;

    FileDownload(
            ChannelHandlerContext ctx,
            HttpRequest request,
            FileSource files,
            TransferListener reports,
            HttpMetrics metrics) {
        this.ctx = ctx;
        this.request = request;
        this.method = request.method().name();
        this.files = files;
        this.reports = reports;
        this.metrics = metrics;
    }

    /** @param whenOver runs on the event loop when the connection is free for the next request */
    void start(String encodedPath, Runnable whenOver) {
        this.whenOver = whenOver;
        metrics.active.incrementAndGet();
        try {
            path = QueryStringDecoder.decodeComponent(encodedPath.replace("+", "%2B"))
                    .replaceAll("/{2,}", "/");
        } catch (IllegalArgumentException e) {
            path = encodedPath;
            refuse(HttpResponseStatus.BAD_REQUEST, Outcome.REFUSED, "The path is not properly percent-encoded");
            return;
        }
        switch (FilePath.parse(path)) {
            case FilePath.Parsed.Valid valid ->
                files.open(remote(), valid.path().value())
                        .whenComplete((lookup, error) -> onLoop(() -> opened(lookup, error)));
            case FilePath.Parsed.Invalid invalid ->
                refuse(HttpResponseStatus.BAD_REQUEST, Outcome.REFUSED, invalid.reason());
        }
    }

    private InetSocketAddress remote() {
        return (InetSocketAddress) ctx.channel().remoteAddress();
    }

    private void onLoop(Runnable task) {
        if (ctx.executor().inEventLoop()) {
            task.run();
        } else {
            ctx.executor().execute(task);
        }
    }

    private void opened(@Nullable Lookup lookup, @Nullable Throwable error) {
        if (lookup == null) {
            LOG.atWarn().setCause(error).log("Looking for a file failed");
            refuse(HttpResponseStatus.INTERNAL_SERVER_ERROR, Outcome.FAILED, "The server failed");
            return;
        }
        switch (lookup) {
            case Lookup.Found found when over -> found.file().close();
            case Lookup.Found found -> answer(found.file());
            case Lookup.NotFound missing -> {
                named(missing.tenant(), missing.path());
                refuse(HttpResponseStatus.NOT_FOUND, Outcome.NOT_FOUND, "There is no file " + missing.path());
            }
            case Lookup.Refused refused -> {
                named(refused.tenant(), refused.path());
                refuse(HttpResponseStatus.FORBIDDEN, Outcome.REFUSED, refused.reason());
            }
            case Lookup.Unavailable unavailable -> {
                named(unavailable.tenant(), unavailable.path());
                refuse(HttpResponseStatus.SERVICE_UNAVAILABLE, Outcome.UNAVAILABLE, unavailable.reason());
            }
        }
    }

    private void named(String knownTenant, String knownPath) {
        tenant = knownTenant;
        path = knownPath;
    }

    private void refuse(HttpResponseStatus status, Outcome outcome, String reason) {
        if (over) {
            return;
        }
        Responses.send(ctx, request, status, Responses.TEXT, reason + "\n", headers -> {
            if (status.equals(HttpResponseStatus.SERVICE_UNAVAILABLE)) {
                headers.set(HttpHeaderNames.RETRY_AFTER, 2);
            }
        });
        finish(outcome, reason);
    }

    private void answer(OpenFile opened) {
        file = opened;
        named(opened.tenant(), opened.path());
        String tag = "\"" + opened.sha256Hex() + "\"";
        if (EntityTag.matches(request.headers().getAll(HttpHeaderNames.IF_NONE_MATCH), tag)) {
            Responses.send(
                    ctx,
                    request,
                    HttpResponseStatus.NOT_MODIFIED,
                    OCTETS,
                    "",
                    headers -> headers.set(HttpHeaderNames.ETAG, tag));
            finish(Outcome.PROBE, "not modified");
            return;
        }
        switch (range(tag, opened.size())) {
            case ByteRange.Unsatisfiable none -> {
                Responses.send(
                        ctx,
                        request,
                        HttpResponseStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
                        Responses.TEXT,
                        "The file has " + opened.size() + " bytes\n",
                        headers -> headers.set(HttpHeaderNames.CONTENT_RANGE, "bytes */" + opened.size()));
                finish(Outcome.REFUSED, "range beyond the end");
            }
            case ByteRange.Whole whole -> begin(opened, HttpResponseStatus.OK, tag, 0, opened.size());
            case ByteRange.Part part ->
                begin(opened, HttpResponseStatus.PARTIAL_CONTENT, tag, part.first(), part.last() + 1);
        }
    }

    /** A range of anything but a GET, or of another version, is ignored (RFC 9110 sections 14.2 and 13.1.5). */
    private ByteRange range(String tag, long size) {
        String ifRange = request.headers().get(HttpHeaderNames.IF_RANGE);
        boolean ignored = !request.method().equals(HttpMethod.GET) || ifRange != null && !ifRange.equals(tag);
        return ignored
                ? new ByteRange.Whole()
                : ByteRange.parse(request.headers().get(HttpHeaderNames.RANGE), size);
    }

    private void begin(OpenFile opened, HttpResponseStatus status, String tag, long from, long to) {
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, status);
        HttpHeaders headers = response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, opened.contentType().isEmpty() ? OCTETS : opened.contentType())
                .set(HttpHeaderNames.CONTENT_LENGTH, to - from)
                .set(HttpHeaderNames.ACCEPT_RANGES, "bytes")
                .set(HttpHeaderNames.ETAG, tag);
        if (status.equals(HttpResponseStatus.PARTIAL_CONTENT)) {
            headers.set(HttpHeaderNames.CONTENT_RANGE, "bytes " + from + "-" + (to - 1) + "/" + opened.size());
        }
        keepAlive = Responses.keepAlive(request, response);
        ctx.write(response);
        if (method.equals(HttpMethod.HEAD.name())) {
            last();
            finish(Outcome.PROBE, "");
            return;
        }
        position = from;
        end = to;
        sending = true;
        proceed();
    }

    /** Sends what the connection takes and this node has. Writing and flushing may call it again while it runs. */
    void proceed() {
        OpenFile open = file;
        if (proceeding || loading || !sending || open == null) {
            return;
        }
        proceeding = true;
        try {
            while (sending && !loading && position < end && ctx.channel().isWritable()) {
                int length = (int) Math.min(PIECE_BYTES, end - position);
                if (open.resident(position, length)) {
                    send(open, length);
                } else {
                    load(open, length);
                }
                if (loading || !ctx.channel().isWritable()) {
                    ctx.flush(); // which often makes it writable at once
                }
            }
        } finally {
            proceeding = false;
        }
        if (sending && position == end) {
            sending = false;
            last().addListener(sent -> {
                if (sent.isSuccess()) {
                    finish(Outcome.COMPLETED, "");
                } else {
                    disconnected();
                }
            });
        }
    }

    private void load(OpenFile open, int length) {
        loading = true;
        open.load(position, length)
                .whenComplete((loaded, error) -> onLoop(() -> {
                    loading = false;
                    if (error != null && !over) {
                        broken("the rest is not here: " + error.getMessage());
                    } else {
                        proceed();
                    }
                }));
    }

    private void send(OpenFile open, int length) {
        ByteBuf piece = ctx.alloc().directBuffer(length);
        try {
            open.read(position, length, piece);
        } catch (UncheckedIOException e) {
            piece.release();
            broken(String.valueOf(e.getMessage()));
            return;
        }
        position += length;
        ctx.write(new DefaultHttpContent(piece)).addListener(sent -> {
            if (sent.isSuccess()) {
                written += length;
            }
        });
    }

    private ChannelFuture last() {
        ChannelFuture sent = ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
        return keepAlive ? sent : sent.addListener(ChannelFutureListener.CLOSE);
    }

    /** The header is out already: all that can be done is to end the connection short of the promised length. */
    private void broken(String reason) {
        finish(Outcome.FAILED, reason);
        ctx.close();
    }

    void timedOut() {
        finish(Outcome.TIMED_OUT, "nothing moved for too long");
    }

    void disconnected() {
        finish(Outcome.ABORTED_BY_CLIENT, "the connection was closed");
    }

    private void finish(Outcome outcome, String message) {
        if (over) {
            return;
        }
        over = true;
        sending = false;
        String hash = "";
        if (file != null) {
            hash = file.sha256Hex();
            file.close();
        }
        metrics.active.decrementAndGet();
        String range = request.headers().get(HttpHeaderNames.RANGE);
        TransferReport report = new TransferReport(
                remote(),
                (InetSocketAddress) ctx.channel().localAddress(),
                tenant,
                path,
                hash,
                range == null ? Map.of() : Map.of("range", range),
                0,
                0,
                written,
                System.nanoTime() - startedNanos,
                startedAt,
                0,
                outcome,
                message,
                Operation.READ);
        metrics.finished(report);
        reports.finished(report);
        whenOver.run();
    }
}
