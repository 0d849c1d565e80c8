package io.tftpdc.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tftpdc.client.TftpdcClient;
import io.tftpdc.client.TftpdcException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What the subcommands that speak to the admin API share. They load nothing of Kafka, so that they start at once. */
abstract class RestCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Mixin
    private final ServerOption server = new ServerOption();

    /** Does the work; what it throws becomes a message on standard error and exit code 1. */
    abstract void run(TftpdcClient client) throws IOException;

    /** What a {@link #run} that threw nothing ends the program with. */
    int exitCode() {
        return ExitCode.OK;
    }

    @Override
    public final Integer call() throws IOException {
        try (TftpdcClient client = server.connect()) {
            run(client);
        } catch (UncheckedIOException e) {
            throw explained(Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw explained(e);
        } finally {
            out().flush();
        }
        return exitCode();
    }

    private static IOException explained(IOException failure) {
        return failure instanceof TftpdcException e && e.status() == TftpdcException.UNREACHABLE
                ? new IOException(e.getMessage() + ": is the system up? Start it with compose/up or give --url", e)
                : failure;
    }

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    final CommandSpec spec() {
        return spec;
    }

    static String json(Object value) throws IOException {
        return JSON.writeValueAsString(value);
    }

    /** Such as {@code 12.3 MiB}. */
    static String size(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        String units = "KMGTP";
        double value = bytes / 1024.0;
        int unit = 0;
        while (value >= 1024 && unit < units.length() - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %ciB", value, units.charAt(unit));
    }
}
