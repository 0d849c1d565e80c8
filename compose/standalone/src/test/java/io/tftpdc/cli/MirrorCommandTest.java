package io.tftpdc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the command makes of a report; what is in one is {@code SiteCheckIT}'s affair. */
class MirrorCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine line =
            TftpdcCommand.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));

    @Test
    void problemsAreOnStandardOutputWithTheirFixAndTheExitCodeIsOne(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("mirror.yaml");
        Files.writeString(file, """
                site: dc1
                kafka: {bootstrap-servers: "127.0.0.1:%d"}
                peers: [{site: dc2, bootstrap-servers: "127.0.0.1:%d"}]
                """.formatted(closedPort(), closedPort()));

        int status = line.execute("mirror", "--check", file.toString());

        assertThat(status).isEqualTo(CommandLine.ExitCode.SOFTWARE);
        assertThat(out.toString())
                .contains("site dc1, this one", "peer dc2", "nothing listens", "fix: start Kafka there")
                .endsWith("2 problems" + System.lineSeparator());
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aFileThatCannotBeReadIsAnErrorLikeAnyOther(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("mirror.yaml");
        Files.writeString(
                file,
                "site: dc1\ntask: 2\nkafka: {bootstrap-servers: a}\npeers: [{site: dc2, bootstrap-servers: b}]\n");

        int status = line.execute("mirror", "--check", file.toString());

        assertThat(status).isEqualTo(CommandLine.ExitCode.SOFTWARE);
        assertThat(err.toString()).contains("did you mean `tasks`");
    }

    @Test
    void withoutAFileTheUsageIsShown() {
        assertThat(line.execute("mirror")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains("--check");
    }

    private static int closedPort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
