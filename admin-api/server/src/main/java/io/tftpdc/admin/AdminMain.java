package io.tftpdc.admin;

import io.tftpdc.runtime.ConfigException;
import io.tftpdc.runtime.ConfigFile;
import io.tftpdc.wire.SchemaRegistryClient;
import java.io.IOException;
import java.nio.file.Path;

/** Runs the admin API as a process of its own: {@code admin FILE.yaml}. */
public final class AdminMain {
    private AdminMain() {}

    public static void main(String[] args) throws InterruptedException {
        if (args.length != 1 || args[0].startsWith("-")) {
            System.err.println("Usage: admin FILE.yaml");
            System.exit(2);
        }
        try {
            AdminConfig config = ConfigFile.load(AdminConfig.class, Path.of(args[0]));
            SchemaRegistryClient registry = new SchemaRegistryClient(
                    SchemaRegistryClient.Settings.of(config.registryUrl().toString()));
            AdminServer admin = AdminServer.start(config, registry);
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> {
                                admin.close();
                                registry.close();
                            },
                            "admin-shutdown"));
            System.out.println("Admin API at " + admin.url());
            admin.join();
        } catch (ConfigException | IllegalArgumentException | IOException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }
}
