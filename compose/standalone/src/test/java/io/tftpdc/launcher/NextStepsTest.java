package io.tftpdc.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.cli.TftpdcCommand;
import io.tftpdc.event.SiteName;
import io.tftpdc.launcher.StandaloneOptions.Ports;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NextStepsTest {

    private static final String COMMAND = "compose/tftpdc ";

    @ParameterizedTest
    @CsvSource({"127.0.0.1,0", "127.0.0.1,1000", "192.0.2.7,0", "0.0.0.0,1000", "::1,0"})
    void theCommandLineUnderstandsWhatIsSuggested(String controlHost, int offset) {
        List<String> commands = NextSteps.of(options(controlHost, offset)).stream()
                .filter(line -> line.contains(COMMAND))
                .map(line -> line.substring(line.indexOf(COMMAND) + COMMAND.length()))
                .toList();

        assertThat(commands).isNotEmpty().allSatisfy(command -> TftpdcCommand.commandLine()
                .parseArgs(command.split(" ")));
    }

    @Test
    void nothingSuggestedConnectsToAWildcard() {
        assertThat(NextSteps.of(options("0.0.0.0", 0)))
                .noneMatch(line -> line.contains("0.0.0.0"))
                .anyMatch(line -> line.contains("192.0.2.9:9092"));
    }

    @Test
    void ipv6AddressesStandInBrackets() {
        assertThat(NextSteps.of(options("::1", 0))).anyMatch(line -> line.contains("http://[::1]:8080/"));
    }

    private static StandaloneOptions options(String controlHost, int offset) {
        return new StandaloneOptions(
                new SiteName("dc1"), "", controlHost, "192.0.2.9", Ports.DEFAULTS.plus(offset), List.of(), List.of());
    }
}
