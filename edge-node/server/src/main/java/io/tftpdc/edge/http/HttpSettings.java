package io.tftpdc.edge.http;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * What the HTTP server needs to know before it starts.
 *
 * @param listen port 0 picks a free one
 * @param eventLoops threads that serve transfers
 * @param maxConnections further ones are closed at once
 * @param idle a connection on which nothing moves for so long is closed
 */
public record HttpSettings(InetSocketAddress listen, int eventLoops, int maxConnections, Duration idle) {
    public static final int DEFAULT_EVENT_LOOPS = 2;
    public static final int DEFAULT_MAX_CONNECTIONS = 10_000;
    public static final Duration DEFAULT_IDLE = Duration.ofSeconds(60);
}
