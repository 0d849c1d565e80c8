package io.tftpdc.objects;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * Finds who makes stores of a type: what the program itself has, then each directory of plugins. Without a store that
 * needs one no plugin is opened, and of those that are looked into only the right one is loaded with its libraries.
 */
final class StorePlugins {
    private final Optional<Path> directory;

    /** @param directory whose every directory is a plugin: its jars */
    StorePlugins(Optional<Path> directory) {
        this.directory = directory;
    }

    /** {@code lib/plugins}, beside {@code lib/app} that this class comes from; empty where it comes from elsewhere. */
    static Optional<Path> besideThisProgram() {
        try {
            CodeSource source = StorePlugins.class.getProtectionDomain().getCodeSource();
            if (source == null) {
                return Optional.empty();
            }
            Path jar = Path.of(source.getLocation().toURI());
            return Optional.ofNullable(jar.getParent())
                    .map(libraries -> libraries.resolveSibling("plugins"))
                    .filter(Files::isDirectory);
        } catch (URISyntaxException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** @throws IllegalArgumentException when there is no plugin of that type, or it does not take the configuration */
    ObjectStore create(ObjectStoreConfig config) {
        if (config.type().equals(HttpObjectStore.TYPE)) {
            return new HttpObjectStore(config);
        }
        ClassLoader ours = StorePlugins.class.getClassLoader();
        return find(config.type(), ours)
                .or(() -> directories().stream()
                        .flatMap(plugin -> find(config.type(), plugin).stream())
                        .findFirst())
                .map(factory -> inItsOwnLoader(factory, config))
                .orElseThrow(() -> new IllegalArgumentException("there is no plugin for stores of type " + config.type()
                        + "; expected http, or a type whose plugin lies in a directory of its own below "
                        + directory.map(Path::toString).orElse("lib/plugins")));
    }

    private static ObjectStore inItsOwnLoader(ObjectStoreFactory factory, ObjectStoreConfig config) {
        return new InPlugin(factory.getClass().getClassLoader(), () -> factory.create(config));
    }

    private static Optional<ObjectStoreFactory> find(String type, ClassLoader loader) {
        return ServiceLoader.load(ObjectStoreFactory.class, loader).stream()
                .map(ServiceLoader.Provider::get)
                .filter(factory -> factory.type().equals(type))
                .findFirst();
    }

    private static Optional<ObjectStoreFactory> find(String type, Path plugin) {
        PluginLoader loader = new PluginLoader(jarsIn(plugin), StorePlugins.class.getClassLoader());
        Optional<ObjectStoreFactory> found = find(type, loader);
        if (found.isEmpty()) {
            try {
                loader.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return found;
    }

    private List<Path> directories() {
        return directory.map(StorePlugins::listed).orElse(List.of()).stream()
                .filter(Files::isDirectory)
                .toList();
    }

    private static URL[] jarsIn(Path plugin) {
        return listed(plugin).stream()
                .filter(file -> file.toString().endsWith(".jar"))
                .map(StorePlugins::url)
                .toArray(URL[]::new);
    }

    private static List<Path> listed(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new IllegalArgumentException("plugins in " + directory + " cannot be read: " + e, e);
        }
    }

    private static URL url(Path file) {
        try {
            return file.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException("plugin " + file + " cannot be loaded", e);
        }
    }

    /** The plugin's own classes first; of ours it sees what the interface is made of. */
    private static final class PluginLoader extends URLClassLoader {
        private static final List<String> SHARED =
                List.of("io.tftpdc.objects.", "io.tftpdc.event.", "io.tftpdc.runtime.", "org.slf4j.", "org.jspecify.");

        private final ClassLoader program;

        PluginLoader(URL[] jars, ClassLoader program) {
            super("plugin", jars, ClassLoader.getPlatformClassLoader());
            this.program = program;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            try {
                return super.findClass(name);
            } catch (ClassNotFoundException e) {
                if (SHARED.stream().anyMatch(name::startsWith)) {
                    return program.loadClass(name);
                }
                throw e;
            }
        }
    }
}
