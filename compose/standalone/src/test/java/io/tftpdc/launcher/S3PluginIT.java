package io.tftpdc.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.event.ObjectLocation;
import io.tftpdc.objects.ObjectStoreConfig;
import io.tftpdc.objects.ObjectStores;
import io.tftpdc.objects.testing.RangeServer;
import io.tftpdc.runtime.ConfigFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The plugin as it is delivered: in a directory of its own, and out of sight until a store needs it. */
class S3PluginIT {
    private static final Path PLUGINS = Path.of("target", "tftpdc", "lib", "plugins");
    private static final String SDK = "software.amazon.awssdk.services.s3.S3Client";

    private record File(List<ObjectStoreConfig> objectStores) {}

    @Test
    void aStoreOfItsTypeIsReadThroughItsOwnLibraries() throws Exception {
        byte[] bytes = "an object of S3, by its path".getBytes(StandardCharsets.UTF_8);
        try (RangeServer server = RangeServer.start()) {
            server.put("firmware/x200/image.bin", bytes);
            List<ObjectStoreConfig> configured = ConfigFile.parse(
                            File.class,
                            "edge.yaml",
                            "object-stores: [{name: firmware, url: 's3://firmware/', endpoint: '" + server.url()
                                    + "', access-key: id, secret-key: key}]",
                            name -> null)
                    .objectStores();
            ClassLoader before = Thread.currentThread().getContextClassLoader();

            try (ObjectStores stores = ObjectStores.open(configured, Optional.of(PLUGINS))) {
                assertThat(stores.read(new ObjectLocation("s3://firmware/x200/image.bin"), 3, 6))
                        .isEqualTo("object".getBytes(StandardCharsets.UTF_8));
            }

            assertThat(server.requests()).containsExactly("/firmware/x200/image.bin bytes=3-8");
            assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
        }
    }

    @Test
    void theProgramItselfDoesNotHaveItsLibraries() {
        assertThatThrownBy(() -> Class.forName(SDK)).isInstanceOf(ClassNotFoundException.class);
        assertThat(PLUGINS.resolve("s3").toFile().list())
                .as("what the program has is not in it twice")
                .isNotEmpty()
                .noneMatch(jar -> jar.startsWith("slf4j")
                        || jar.startsWith("tftpdc-objects-0")
                        || jar.startsWith("tftpdc-model")
                        || jar.startsWith("tftpdc-runtime"));
    }
}
