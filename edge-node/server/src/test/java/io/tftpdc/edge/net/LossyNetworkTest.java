package io.tftpdc.edge.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The whole server on a kernel's network that loses packets: {@link LossyTransfers} in a network namespace of its own, in
 * which nftables drops datagrams at random. Needs Linux with {@code unshare}, {@code ip} and {@code nft}, and leave to
 * make namespaces.
 */
class LossyNetworkTest {
    private static final int PATIENCE_SECONDS = 60;
    private static final Pattern REPEATED = Pattern.compile("repeated (\\d+) of reads, (\\d+) of uploads");

    /** One segment per packet: a datagram is lost alone. Else the kernel loses a window as it was sent, in one piece. */
    @ParameterizedTest
    @CsvSource({"5, 1", "5, 64"})
    void everyByteArrivesThoughPacketsAreLost(int percent, int segmentsPerPacket) throws Exception {
        assumeTrue(namespacesWork(), "needs unshare, ip and nft, and leave to make namespaces");

        String said = inNamespace(
                "nft add rule inet t in meta l4proto udp numgen random mod 100 '<' " + percent + " drop",
                segmentsPerPacket);

        assertThat(said).contains("all came");
        Matcher repeated = REPEATED.matcher(said);
        assertThat(repeated.find()).as(said).isTrue();
        assertThat(Integer.parseInt(repeated.group(1))).as("DATA sent again").isPositive();
    }

    private static boolean namespacesWork() throws InterruptedException {
        try {
            Process process = new ProcessBuilder(
                            "unshare",
                            "--user",
                            "--map-root-user",
                            "--net",
                            "sh",
                            "-c",
                            "ip link show lo && nft list ruleset")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException notInstalled) {
            return false;
        }
    }

    /** What the process said, when it ended well. */
    private static String inNamespace(String rule, int segmentsPerPacket) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "unshare",
                "--user",
                "--map-root-user",
                "--net",
                "sh",
                "-e",
                "-c",
                "ip link set lo up gso_max_segs " + segmentsPerPacket + "\n"
                        + "nft add table inet t\n"
                        + "nft add chain inet t in '{ type filter hook input priority 0; }'\n"
                        + rule + "\n"
                        + "exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("--enable-native") || flag.startsWith("--sun-misc"))
                .forEach(command::add);
        command.addAll(List.of(
                "-Xmx256m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                LossyTransfers.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(said).isZero();
            return said;
        } finally {
            process.destroyForcibly();
        }
    }
}
