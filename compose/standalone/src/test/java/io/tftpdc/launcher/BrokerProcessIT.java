package io.tftpdc.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs on the assembled distribution, which the package phase has put together before. */
class BrokerProcessIT {

    private static final Distribution DISTRIBUTION =
            new Distribution(Path.of("target", "tftpdc").toAbsolutePath());

    @TempDir
    private Path directory;

    @Test
    void aKilledBrokerComesBackOnTheSameAddressWithItsData() throws Exception {
        BrokerProcess broker = broker(0);
        try {
            broker.start();
            String address = broker.bootstrapServers();
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
                admin.createTopics(List.of(new NewTopic("kept", 1, (short) 1)))
                        .all()
                        .get();
            }
            long killed = broker.pid();

            ProcessHandle.of(killed).orElseThrow().destroyForcibly();

            awaitRestart(broker, killed);
            assertThat(broker.bootstrapServers()).isEqualTo(address);
            assertThat(broker.restarts()).isEqualTo(1);
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
                assertThat(admin.listTopics().names().get()).contains("kept");
            }
        } finally {
            broker.close();
        }
        assertThat(ProcessHandle.of(broker.pid()).filter(ProcessHandle::isAlive))
                .isEmpty();
    }

    @Test
    void aTakenPortIsReportedAsSuchAndLeavesNoProcess() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            BrokerProcess broker = broker(taken.getLocalPort());
            assertThatThrownBy(broker::start).isInstanceOfSatisfying(PortTakenException.class, e -> assertThat(e.port())
                    .isEqualTo(taken.getLocalPort()));
            assertThat(ProcessHandle.of(broker.pid()).filter(ProcessHandle::isAlive))
                    .isEmpty();
        }
    }

    private BrokerProcess broker(int port) throws LaunchException {
        return new BrokerProcess(new BrokerProcess.Settings(
                Path.of(System.getProperty("java.home")),
                DISTRIBUTION.brokerLibraries(),
                DISTRIBUTION.brokerClassPath(),
                directory.resolve("kafka"),
                "127.0.0.1",
                port,
                "127.0.0.1",
                0,
                List.of(),
                directory.resolve("broker.log"),
                DISTRIBUTION.archive("broker")));
    }

    private static void awaitRestart(BrokerProcess broker, long former) throws InterruptedException {
        Instant deadline = Instant.now().plusSeconds(60);
        while (broker.pid() == former || !broker.isReady()) {
            assertThat(Instant.now()).as("the broker is back").isBefore(deadline);
            Thread.sleep(Duration.ofMillis(50));
        }
    }
}
