package io.tftpdc.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.event.ObjectLocation;
import io.tftpdc.objects.ObjectStoreException.Kind;
import io.tftpdc.runtime.ConfigException;
import io.tftpdc.runtime.ConfigFile;
import io.tftpdc.runtime.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StorePluginsTest {
    private record File(List<ObjectStoreConfig> objectStores) {}

    /** Reads the same from everywhere; its class comes from the tests, as that of a plugin's jar would. */
    public static final class TapeFactory implements ObjectStoreFactory {
        @Override
        public String type() {
            return "tape";
        }

        @Override
        public Set<String> options() {
            return Set.of("region");
        }

        @Override
        public ObjectStore create(ObjectStoreConfig config) {
            return new ObjectStore() {
                @Override
                public ObjectInfo describe(ObjectLocation object) {
                    return new ObjectInfo(object, 4, Optional.empty());
                }

                @Override
                public byte[] read(ObjectLocation object, long offset, int length, Optional<String> unchanged) {
                    return "tape".getBytes(StandardCharsets.UTF_8);
                }

                @Override
                public void close() {
                    // Nothing is open.
                }
            };
        }
    }

    /** As one that was made for another release. */
    public static final class OldFactory implements ObjectStoreFactory {
        @Override
        public String type() {
            return "old";
        }

        @Override
        public ObjectStore create(ObjectStoreConfig config) {
            throw new NoSuchMethodError("io.tftpdc.objects.ObjectStoreConfig.floppy()");
        }
    }

    /** Whose constructor fails. */
    public static final class FailingFactory implements ObjectStoreFactory {
        public FailingFactory() {
            throw new IllegalStateException("no licence");
        }

        @Override
        public String type() {
            return "failing";
        }

        @Override
        public ObjectStore create(ObjectStoreConfig config) {
            throw new AssertionError("it was never made");
        }
    }

    @TempDir
    private Path plugins;

    @Test
    void brokenPluginsAreNoHindranceToTheOthers() throws IOException {
        plugin("a", "gone.jar", "com.example.Gone", FailingFactory.class.getName());
        Files.writeString(Files.createDirectory(plugins.resolve("b")).resolve("cut-off.jar"), "PK, and no more");
        plugin("c", "nonsense.jar", "this is no class name");
        plugin("d", "tape.jar", "com.example.Gone", TapeFactory.class.getName());

        try (ObjectStores stores = open("{name: t, url: 'tape://t/', region: eu}")) {
            assertThat(stores.read(new ObjectLocation("tape://t/x"), 0, 4))
                    .asString()
                    .isEqualTo("tape");
        }
    }

    @Test
    void aStoreWhosePluginMayBeABrokenOneSaysWhichAndWhy() throws IOException {
        plugin("a", "gone.jar", "com.example.Gone", FailingFactory.class.getName());
        Files.writeString(Files.createDirectory(plugins.resolve("b")).resolve("cut-off.jar"), "PK, and no more");

        try (ObjectStores stores = open("{name: t, url: 'tape://t/'}")) {
            assertThatThrownBy(() -> stores.read(new ObjectLocation("tape://t/x"), 0, 4))
                    .isInstanceOfSatisfying(ObjectStoreException.class, problem -> {
                        assertThat(problem.kind()).isEqualTo(Kind.UNCONFIGURED);
                        assertThat(problem.forClients()).isEqualTo("object store t is not configured on this node");
                    })
                    .hasMessageContaining("gone.jar")
                    .hasMessageContaining("com.example.Gone not found")
                    .hasMessageContaining("no licence")
                    .hasMessageContaining("cut-off.jar");
        }
    }

    @Test
    void aPluginOfAnotherReleaseIsNoReasonNotToStart() throws IOException {
        plugin("old", "old.jar", OldFactory.class.getName());

        try (ObjectStores stores = open("{name: o, url: 'old://o/'}")) {
            assertThatThrownBy(() -> stores.read(new ObjectLocation("old://o/x"), 0, 4))
                    .isInstanceOf(ObjectStoreException.class)
                    .hasMessageContaining("floppy()");
        }
    }

    @Test
    void aPluginIsNotOpenedWithoutNeed() throws IOException {
        plugin("a", "gone.jar", "com.example.Gone");

        assertThatThrownBy(() -> open("{name: a, url: 'https://h/'}", "{name: b, url: 'https://i/', region: eu}"))
                .hasMessageContaining("object-stores[1]");
        try (ObjectStores stores = open("{name: web, url: 'https://h/'}")) {
            assertThat(stores.all()).hasSize(1);
        }
    }

    /** They were silently passed over once. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{name: w, url: 'https://h/', region: eu}",
                "{name: w, url: 'https://h/', endpoint: 'https://i/'}",
                "{name: w, url: 'https://h/', access-key: a, secret-key: s3cret}",
                "{name: w, url: 'https://h/', anonymous: true}",
                "{name: w, url: 'https://h/', path-style: true}"
            })
    void whatAWebServerDoesNotKnowIsRefusedWithWhatItDoes(String store) {
        assertThatThrownBy(() -> open(store))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("`object-stores[0]` (w): `")
                .hasMessageContaining("expected some of headers, query besides name, url, type, tenants")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void whatAPluginDoesNotKnowIsRefusedWithWhatItDoes() throws IOException {
        plugin("d", "tape.jar", TapeFactory.class.getName());

        assertThatThrownBy(() -> open("{name: t, url: 'tape://t/', query: s3cret}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("`query` is nothing that a store of type tape knows; expected some of region")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void aPluginThatDoesNotSayTakesAll() {
        ObjectStoreConfig all = parse(
                        "{name: a, url: 'old://o/', access-key: a, secret-key: b, session-token: c, region: d, endpoint: "
                                + "'https://e/', path-style: false, query: f, headers: {g: h}}",
                        "{name: b, url: 'old://p/', anonymous: true}")
                .getFirst();

        assertThat(new OldFactory().options()).isEqualTo(ObjectStoreConfig.OPTIONS);
        assertThat(all.options())
                .hasSize(ObjectStoreConfig.OPTIONS.size() - 1)
                .isSubsetOf(ObjectStoreConfig.OPTIONS)
                .doesNotContain("anonymous");
        assertThat(all.headers()).isEqualTo(Map.of("g", Secret.of("h")));
    }

    @Test
    void aKeyThatNoStoreHasIsRefusedWithTheNearest() {
        assertThatThrownBy(() -> parse("{name: w, url: 'https://h/', tennants: [acme]}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("did you mean `tenants`?")
                .hasMessageContaining("path-style");
    }

    private ObjectStores open(String... stores) {
        return ObjectStores.open(parse(stores), Optional.of(plugins));
    }

    private static List<ObjectStoreConfig> parse(String... stores) {
        return ConfigFile.parse(
                        File.class, "edge.yaml", "object-stores: [" + String.join(", ", stores) + "]", name -> null)
                .objectStores();
    }

    /** A directory with a jar that names these classes as factories. */
    private void plugin(String directory, String jar, String... factories) throws IOException {
        Path file = Files.createDirectory(plugins.resolve(directory)).resolve(jar);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry("META-INF/services/" + ObjectStoreFactory.class.getName()));
            zip.write(String.join("\n", factories).getBytes(StandardCharsets.UTF_8));
        }
    }
}
