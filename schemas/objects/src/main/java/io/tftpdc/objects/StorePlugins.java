package io.tftpdc.objects;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds who makes stores of a type: what the program itself has, then each directory of plugins. Without a store that
 * needs one no plugin is opened, and of those that are looked into only the right one is loaded with its libraries. One that
 * is broken is named in the log with the reason, and passed over. For one thread.
 */
final class StorePlugins {
    private static final Logger LOG = LoggerFactory.getLogger(StorePlugins.class);

    /** So many factories of one plugin may fail before the rest is left out. */
    private static final int MOST_FAILURES = 16;

    private final Optional<Path> directory;
    private final Set<String> broken = new LinkedHashSet<>();

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

    /**
     * A store of a configuration. One whose plugin may be among those that cannot be loaded is there, and answers every
     * read with the reason: a process has more to do than to read from one store.
     *
     * @throws IllegalArgumentException when there is no plugin of that type, or it does not take the configuration
     */
    ObjectStore create(ObjectStoreConfig config) {
        if (config.type().equals(HttpObjectStore.TYPE)) {
            requireKnown(config, HttpObjectStore.OPTIONS);
            return new HttpObjectStore(config);
        }
        Optional<ObjectStoreFactory> factory = find(
                        config.type(), StorePlugins.class.getClassLoader(), "the program itself")
                .or(() -> directories().stream()
                        .flatMap(plugin -> find(config.type(), plugin).stream())
                        .findFirst());
        if (factory.isPresent()) {
            return create(factory.get(), config);
        }
        String missing = "there is no plugin for stores of type " + config.type();
        if (broken.isEmpty()) {
            throw new IllegalArgumentException(
                    missing + "; expected http, or a type whose plugin lies in a directory of its own below "
                            + directory.map(Path::toString).orElse("lib/plugins"));
        }
        return unloaded(config, missing + " but, it may be, in what cannot be loaded: " + String.join("; ", broken));
    }

    private ObjectStore create(ObjectStoreFactory factory, ObjectStoreConfig config) {
        try {
            requireKnown(config, factory.options());
            return new InPlugin(factory.getClass().getClassLoader(), () -> factory.create(config));
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
            broken(whereabouts(factory), e);
            return unloaded(config, "its plugin " + whereabouts(factory) + " cannot be used: " + e);
        }
    }

    private static String whereabouts(ObjectStoreFactory factory) {
        CodeSource source = factory.getClass().getProtectionDomain().getCodeSource();
        return source == null || source.getLocation() == null
                ? factory.getClass().getName()
                : source.getLocation().getPath();
    }

    private static ObjectStore unloaded(ObjectStoreConfig config, String problem) {
        LOG.atError()
                .addKeyValue("store", config.name())
                .addKeyValue("problem", problem)
                .log("Object store is not there: its plugin cannot be loaded");
        return new UnloadedStore(config.name(), problem);
    }

    /** What a store would not look at may be the key that keeps strangers out, or one that its owner relies on. */
    private static void requireKnown(ObjectStoreConfig config, Set<String> known) {
        for (String given : config.options()) {
            if (!known.contains(given)) {
                throw new IllegalArgumentException("`" + given + "` is nothing that a store of type " + config.type()
                        + " knows; expected "
                        + (known.isEmpty() ? "none" : "some of " + String.join(", ", new TreeSet<>(known)))
                        + " besides " + String.join(", ", ObjectStoreConfig.GENERAL_OPTIONS));
            }
        }
    }

    private Optional<ObjectStoreFactory> find(String type, Path plugin) {
        PluginLoader loader = new PluginLoader(jarsIn(plugin), StorePlugins.class.getClassLoader());
        Optional<ObjectStoreFactory> found =
                find(type, loader, plugin + " (" + String.join(", ", loader.jarsThatNameFactories()) + ")");
        if (found.isEmpty()) {
            try {
                loader.close();
            } catch (IOException e) {
                broken(plugin.toString(), e);
            }
        }
        return found;
    }

    /** @param where the factories come from, for messages about those that cannot be made */
    private Optional<ObjectStoreFactory> find(String type, ClassLoader loader, String where) {
        Iterator<ObjectStoreFactory> factories =
                ServiceLoader.load(ObjectStoreFactory.class, loader).iterator();
        for (int failures = 0; failures < MOST_FAILURES; ) {
            try {
                if (!factories.hasNext()) {
                    return Optional.empty();
                }
                ObjectStoreFactory factory = factories.next();
                if (factory.type().equals(type)) {
                    return Optional.of(factory);
                }
            } catch (ServiceConfigurationError | LinkageError | RuntimeException e) { // the next one may be well
                failures++;
                broken(where, e);
            }
        }
        return Optional.empty();
    }

    private void broken(String where, Throwable why) {
        Throwable cause = why instanceof ServiceConfigurationError && why.getCause() != null ? why.getCause() : why;
        String problem = where + ": " + why.getMessage() + (cause == why ? "" : ": " + cause);
        if (broken.add(problem)) {
            LOG.atWarn()
                    .addKeyValue("plugin", where)
                    .setCause(why)
                    .log(
                            "Plugin for object stores cannot be loaded, going on without it; put a whole one there, made for"
                                    + " this release and this Java, or take it away");
        }
    }

    private List<Path> directories() {
        return directory.map(StorePlugins::listed).orElse(List.of()).stream()
                .filter(Files::isDirectory)
                .toList();
    }

    private URL[] jarsIn(Path plugin) {
        List<Path> files;
        try {
            files = listed(plugin);
        } catch (IllegalArgumentException e) { // not for this process's eyes
            broken(plugin.toString(), e);
            return new URL[0];
        }
        return files.stream()
                .filter(file -> file.toString().endsWith(".jar"))
                .filter(this::isWhole)
                .map(StorePlugins::url)
                .toArray(URL[]::new);
    }

    /** A class loader would pass over it without a word. */
    private boolean isWhole(Path jar) {
        try (ZipFile opened = new ZipFile(jar.toFile())) {
            return opened.size() > 0;
        } catch (IOException e) {
            broken(jar.toString(), e);
            return false;
        }
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
}
