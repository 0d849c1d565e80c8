package io.tftpdc.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.event.SiteName;
import io.tftpdc.launcher.SitesOptions.Link;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LinkProxyTest {

    private ServerSocket server;
    private LinkProxy proxy;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        int port = Addresses.freePort();
        proxy = LinkProxy.start(new Link(new SiteName("dc1"), new SiteName("dc2"), port, server.getLocalPort()));
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
    }

    @Test
    void carriesBytesBothWays() throws IOException {
        try (Socket client = connect();
                Socket accepted = server.accept()) {
            send(client, "fetch");
            assertThat(receive(accepted, 5)).isEqualTo("fetch");
            send(accepted, "records");
            assertThat(receive(client, 7)).isEqualTo("records");
            assertThat(proxy.connections()).isEqualTo(1);
        }
    }

    @Test
    void theEndOfOneSideIsTheEndOfTheOther() throws IOException {
        try (Socket client = connect();
                Socket accepted = server.accept()) {
            accepted.close();

            assertThat(isAtItsEnd(client)).isTrue();
        }
    }

    @Test
    void aCutEndsWhatThereIsAndWhatComes() throws IOException {
        try (Socket client = connect();
                Socket accepted = server.accept()) {
            send(client, "x");
            assertThat(receive(accepted, 1)).isEqualTo("x");

            proxy.cut();

            assertThat(isAtItsEnd(client)).isTrue();
            assertThat(isAtItsEnd(accepted)).isTrue();
            assertThat(proxy.connections()).isZero();
            try (Socket next = connect()) {
                assertThat(isAtItsEnd(next)).isTrue();
            }
        }
    }

    @Test
    void afterHealingNewConnectionsPass() throws IOException {
        proxy.cut();
        proxy.heal();

        try (Socket client = connect();
                Socket accepted = server.accept()) {
            send(client, "again");
            assertThat(receive(accepted, 5)).isEqualTo("again");
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), proxy.link().port()));
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String receive(Socket socket, int bytes) throws IOException {
        return new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.US_ASCII);
    }

    private static boolean isAtItsEnd(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true; // a reset is an end too
        }
    }
}
