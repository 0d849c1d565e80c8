package io.tftpdc.edge.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tftpdc.edge.net.TftpListener;
import io.tftpdc.edge.net.TftpSettings;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The load generator and the limit server, as the benchmark builds them, against each other and against our server. */
class NativeProgramsIT {

    private static final Path SOURCES = Path.of("native");
    private static final int FILE_BYTES = 300_000;
    private static final String FILE = "file.bin";

    @TempDir
    private static Path directory;

    private static Path files;

    @BeforeAll
    static void build() throws IOException, InterruptedException {
        assumeThat(Stream.of(System.getenv("PATH").split(File.pathSeparator)))
                .as("a C compiler on the PATH")
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "cc")));
        for (String program : List.of("load", "limit")) {
            Process compiler = new ProcessBuilder(
                            "cc",
                            "-O2",
                            "-Wall",
                            "-Wextra",
                            "-Werror",
                            "-std=gnu11",
                            "-pthread",
                            "-o",
                            directory.resolve(program).toString(),
                            SOURCES.resolve(program + ".c").toString(),
                            "-ldl")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(compiler.waitFor()).as(said).isZero();
        }
        files = Files.createDirectory(directory.resolve("files"));
        byte[] bytes = new byte[FILE_BYTES];
        new Random(1).nextBytes(bytes);
        Files.write(files.resolve(FILE), bytes);
    }

    @Test
    void limitServesEveryKindOfClient() throws IOException, InterruptedException {
        Process limit = limit();
        try {
            everyKindOfClientIsServed(Integer.parseInt(limit.inputReader().readLine()));
        } finally {
            limit.destroyForcibly().waitFor();
        }
    }

    @Test
    void limitThatStoresUploadsTakesAsMany() throws IOException, InterruptedException {
        Process limit = limit(
                "--store", Files.createDirectory(directory.resolve("stored")).toString());
        try {
            String port = limit.inputReader().readLine();
            assumeThat(port).as("OpenSSL's libcrypto.so.3").isNotNull();
            everyKindOfClientIsServed(Integer.parseInt(port));
        } finally {
            limit.destroyForcibly().waitFor();
        }
    }

    @Test
    void ourServerServesEveryKindOfClient() throws IOException, InterruptedException {
        TftpSettings settings =
                TftpSettings.listeningOn(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        try (OfflineEdge edge = new OfflineEdge(files, directory.resolve("data"));
                TftpListener listener = TftpListener.bind(
                        settings, edge.files(), edge.uploads(), report -> {}, new SimpleMeterRegistry())) {
            everyKindOfClientIsServed(listener.addresses().getFirst().getPort());
        }
    }

    @Test
    void whatCannotBeHadHasFailed() throws IOException, InterruptedException {
        Process limit = limit();
        try {
            int port = Integer.parseInt(limit.inputReader().readLine());
            Files.write(directory.resolve("other.bin"), new byte[FILE_BYTES]);

            Map<String, Long> absent = load(port, "absent.bin", files.resolve(FILE), List.of());
            Map<String, Long> different = load(port, FILE, directory.resolve("other.bin"), List.of());

            assertThat(absent).containsEntry("completed", 0L).containsEntry("errors", 1L);
            assertThat(different).containsEntry("completed", 0L).containsEntry("mismatches", 1L);
        } finally {
            limit.destroyForcibly().waitFor();
        }
    }

    private static Process limit(String... options) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(directory.resolve("limit").toString(), "--directory", files.toString()));
        command.addAll(List.of(options));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void everyKindOfClientIsServed(int port) throws IOException, InterruptedException {
        served(port, 1, "--blksize", "512");
        served(port, 1, "--windowsize", "64");
        served(port, 12, "--clients", "3", "--windowsize", "4");
        served(port, 300, "--clients", "100", "--waves");
        served(port, 200, "--clients", "50", "--windowsize", "16");
        served(port, 1, "--windowsize", "16", "--loss", "0.05", "--seed", "7");
        served(port, 40, "--clients", "40", "--windowsize", "16", "--loss", "0.02", "--seed", "8");
        served(port, 2, "--clients", "2", "--write");
        served(port, 40, "--clients", "20", "--write", "--windowsize", "16");
    }

    private static void served(int port, long transfers, String... options) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("--transfers", String.valueOf(transfers)));

        Map<String, Long> result = load(port, FILE, files.resolve(FILE), all);

        assertThat(result)
                .as(String.join(" ", options))
                .containsEntry("completed", transfers)
                .containsEntry("failed", 0L)
                .containsEntry("bytes", transfers * FILE_BYTES);
    }

    private static Map<String, Long> load(int port, String file, Path content, List<String> options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                directory.resolve("load").toString(),
                "--server",
                "127.0.0.1:" + port,
                "--file",
                file,
                "--content",
                content.toString()));
        command.addAll(options);
        Process load = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String said = new String(load.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(load.waitFor()).as(String.join(" ", command)).isZero();
        Map<String, Long> figures = new HashMap<>();
        Matcher figure = Pattern.compile("\"(\\w+)\": (\\d+),").matcher(said);
        while (figure.find()) {
            figures.put(figure.group(1), Long.valueOf(figure.group(2)));
        }
        return figures;
    }

    @AfterAll
    static void nothingIsLeft() {
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
                .isEmpty();
    }
}
