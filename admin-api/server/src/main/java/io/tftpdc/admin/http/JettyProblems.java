package io.tftpdc.admin.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Problem documents for what Jetty refuses before any resource sees it, such as a malformed address. */
final class JettyProblems extends ErrorHandler {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        Object reason = request.getAttribute(ERROR_MESSAGE);
        write(response, callback, response.getStatus(), reason instanceof String text ? text : null);
        return true;
    }

    private static void write(Response response, Callback callback, int status, @Nullable String reason)
            throws Exception {
        Problem problem = Problem.of(
                status == 0 ? 500 : status,
                status == 400 ? "bad-request" : "not-understood",
                "The request was refused" + (reason == null ? "" : ": " + reason),
                "Write paths with single slashes and percent-encode other special characters once");
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.MEDIA_TYPE);
        response.write(true, ByteBuffer.wrap(JSON.writeValueAsBytes(problem)), callback);
    }
}
