package io.tftpdc.launcher;

import io.tftpdc.launcher.SitesOptions.Link;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries TCP connections from one site to another one's Kafka, until the link is cut: then those that there are end, and
 * new ones end at once. The port stays ours all the while. Any thread may cut and heal.
 */
final class LinkProxy implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LinkProxy.class);
    private static final int BACKLOG = 50;
    private static final Duration AFTER_FAILURE = Duration.ofMillis(100);

    private final Link link;
    private final ServerSocket listener;
    private final Set<Socket> open = new HashSet<>();
    private boolean cut;

    private LinkProxy(Link link, ServerSocket listener) {
        this.link = link;
        this.listener = listener;
    }

    /** @throws IOException when the port cannot be bound */
    static LinkProxy start(Link link) throws IOException {
        ServerSocket listener = new ServerSocket();
        try {
            listener.setReuseAddress(true);
            listener.bind(new InetSocketAddress(Addresses.LOOPBACK, link.port()), BACKLOG);
        } catch (IOException e) {
            listener.close();
            throw e;
        }
        LinkProxy proxy = new LinkProxy(link, listener);
        Thread.ofVirtual().name("link-" + link.from() + "-" + link.to()).start(proxy::accept);
        return proxy;
    }

    Link link() {
        return link;
    }

    synchronized boolean isCut() {
        return cut;
    }

    /** Connections that are carried now; each is two sockets. */
    synchronized int connections() {
        return open.size() / 2;
    }

    /** Nothing passes from here on. */
    void cut() {
        Set<Socket> ending;
        synchronized (this) {
            cut = true;
            ending = Set.copyOf(open);
            open.clear();
        }
        ending.forEach(LinkProxy::closeQuietly);
        LOG.atInfo()
                .addKeyValue("from", link.from())
                .addKeyValue("to", link.to())
                .log("A link was cut");
    }

    /** New connections pass from here on. */
    void heal() {
        synchronized (this) {
            cut = false;
        }
        LOG.atInfo()
                .addKeyValue("from", link.from())
                .addKeyValue("to", link.to())
                .log("A link was healed");
    }

    @Override
    public void close() {
        cut();
        try {
            listener.close();
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("A listener did not close");
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Thread.ofVirtual().name("link-connection").start(() -> carry(client));
            } catch (IOException e) {
                LOG.atDebug().setCause(e).log("A connection was not accepted");
                pause(); // out of file descriptors, say: at once it would fail again
            }
        }
    }

    private void pause() {
        if (listener.isClosed()) {
            return;
        }
        try {
            Thread.sleep(AFTER_FAILURE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void carry(Socket client) {
        Socket server = new Socket();
        List<Socket> both = List.of(client, server);
        if (!add(both)) {
            both.forEach(LinkProxy::closeQuietly);
            return;
        }
        try {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            server.connect(new InetSocketAddress(Addresses.LOOPBACK, link.target()));
            Thread back = Thread.ofVirtual().name("link-answers").start(() -> pump(server, client));
            pump(client, server);
            back.join();
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("A peer's Kafka cannot be reached");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            both.forEach(LinkProxy::closeQuietly);
            remove(both);
        }
    }

    /** Both ends close with either: Kafka's protocol has no use for half a connection. */
    private static void pump(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            LOG.atTrace().setCause(e).log("A connection broke");
        } finally {
            closeQuietly(from);
            closeQuietly(to);
        }
    }

    private synchronized boolean add(List<Socket> sockets) {
        return !cut && open.addAll(sockets);
    }

    private synchronized void remove(List<Socket> sockets) {
        sockets.forEach(open::remove);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.atTrace().setCause(e).log("A socket did not close");
        }
    }
}
