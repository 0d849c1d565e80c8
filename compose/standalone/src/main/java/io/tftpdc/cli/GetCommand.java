package io.tftpdc.cli;

import io.tftpdc.client.FileInfo;
import io.tftpdc.client.TftpdcClient;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tftpdc get}. */
@Command(
        name = "get",
        description = "Fetches a file through the admin API and checks its SHA-256.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class GetCommand extends RestCommand {
    @Parameters(paramLabel = "PATH", description = "The file, such as boot/x.efi.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String path;

    @Mixin
    private final TenantOption tenant = new TenantOption();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write it, - for standard output; the last part of PATH unless given.")
    private @Nullable String output;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress bar; there is none anyway where no terminal is.")
    private boolean quiet;

    @Override
    void run(TftpdcClient client) throws IOException {
        if ("-".equals(output)) {
            OutputStream out = System.out;
            client.get(tenant.tenant(), path, out, bytes -> {});
            out.flush();
            return;
        }
        Path target = Path.of(output == null ? path.substring(path.lastIndexOf('/') + 1) : output)
                .toAbsolutePath();
        FileInfo info = client.info(tenant.tenant(), path);
        Path directory = target.getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new IOException("Directory " + directory + " does not exist; create it or give another --output");
        }
        Path partial = Files.createTempFile(directory, "." + target.getFileName() + "-", ".part");
        try {
            fetch(client, info, partial);
            Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private void fetch(TftpdcClient client, FileInfo info, Path partial) throws IOException {
        long bytes;
        try (Progress progress = Progress.of(info.path(), info.size(), quiet);
                OutputStream to = Files.newOutputStream(partial)) {
            bytes = client.get(tenant.tenant(), path, to, progress);
        }
        out().printf("fetched %s/%s, %s%n", tenant.tenant(), info.path(), size(bytes));
    }
}
