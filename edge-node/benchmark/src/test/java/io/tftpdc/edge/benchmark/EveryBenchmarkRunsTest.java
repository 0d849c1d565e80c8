package io.tftpdc.edge.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Each for a millisecond: nobody notices otherwise that one has rotted until its figure is wanted. */
class EveryBenchmarkRunsTest {

    @Test
    void runsWithoutFailing() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include("io\\.tftpdc\\.edge\\.benchmark\\..*")
                        .param("blockSize", "1428")
                        .param("windowSize", "16")
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(1))
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();

        Set<String> ran = results.stream()
                .map(result -> result.getPrimaryResult().getLabel())
                .collect(Collectors.toSet());
        assertThat(ran).contains("decodeReadRequest", "steadyStep", "address");
    }
}
