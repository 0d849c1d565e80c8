package io.tftpdc.admin.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Says {@code Connection: close} in an answer that is given before the request's body has come (RFC 9112 section 9.3):
 * what is left of the body would be taken for the next request, so that Jetty closes such a connection, and a client that
 * is not told may send its next request into the closing. Nothing here answers before it has read what it wants to read.
 */
final class UnreadBodies extends Handler.Wrapper {

    UnreadBodies(Handler handler) {
        super(handler);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        return super.handle(request, new Answer(request, response), callback);
    }

    private static final class Answer extends Response.Wrapper {
        Answer(Request request, Response response) {
            super(request, response);
        }

        @Override
        public void write(boolean last, ByteBuffer content, Callback callback) {
            // What has come already is thrown away, and then the connection may stay.
            if (!isCommitted() && !getRequest().consumeAvailable()) {
                getHeaders().put(HttpFields.CONNECTION_CLOSE);
            }
            super.write(last, content, callback);
        }
    }
}
