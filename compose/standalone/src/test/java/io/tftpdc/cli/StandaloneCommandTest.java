package io.tftpdc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class StandaloneCommandTest {

    @ParameterizedTest
    @CsvSource({
        "--tftp-port,6969",
        "--edge-http-port,8069",
        "--http-port,8080",
        "--kafka-port,9092",
        "--registry-port,8081",
        "--streams-port,8082",
        "--port-offset,0",
        "--data-dir,./data",
        "--site,dc1"
    })
    void everyOptionIsExplainedWithItsDefault(String option, String fallback) {
        CommandLine.Model.OptionSpec spec =
                new CommandLine(new StandaloneCommand()).getCommandSpec().findOption(option);

        assertThat(spec.defaultValue()).isEqualTo(fallback);
        assertThat(spec.description()).isNotEmpty();
    }

    @Test
    void aMisspeltOptionIsAnsweredWithTheRightOne() {
        StringWriter err = new StringWriter();
        CommandLine line = TftpdcCommand.commandLine().setErr(new PrintWriter(err));

        int status = line.execute("standalone", "--kafka-prt", "9192");

        assertThat(status).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains("--kafka-port");
    }

    @Test
    void aDirectoryOfSomebodyElseIsLeftAlone(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("thesis.tex"), "years of work");
        StringWriter err = new StringWriter();
        CommandLine line = TftpdcCommand.commandLine().setErr(new PrintWriter(err));

        int status = line.execute("standalone", "--data-dir", directory.toString());

        assertThat(status).isEqualTo(CommandLine.ExitCode.SOFTWARE);
        assertThat(err.toString()).contains("thesis.tex", "--data-dir").hasLineCount(1);
        try (Stream<Path> entries = Files.list(directory)) {
            assertThat(entries.map(path -> path.getFileName().toString())).containsExactly("thesis.tex");
        }
    }
}
