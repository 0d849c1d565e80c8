package io.tftpdc.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the build assembled: {@code lib/app}, our class path, and {@code lib/kafka} and {@code lib/mirror}, the broker's
 * and MirrorMaker's.
 *
 * @param home the directory that holds {@code lib}
 */
record Distribution(Path home) {

    /** Names the home; set by the scripts {@code compose/up} and {@code compose/tftpdc}. */
    static final String HOME_PROPERTY = "tftpdc.home";

    static Distribution find() throws LaunchException {
        String home = System.getProperty(HOME_PROPERTY);
        if (home == null) {
            throw new LaunchException(
                    "Start the standalone with compose/up, which builds what is needed and says where it is (-D"
                            + HOME_PROPERTY + ")");
        }
        return new Distribution(Path.of(home).toAbsolutePath().normalize());
    }

    Path brokerLibraries() {
        return home.resolve("lib").resolve("kafka");
    }

    List<Path> brokerClassPath() throws LaunchException {
        return jarsIn(brokerLibraries());
    }

    Path mirrorLibraries() {
        return home.resolve("lib").resolve("mirror");
    }

    List<Path> mirrorClassPath() throws LaunchException {
        return jarsIn(mirrorLibraries());
    }

    Path appLibraries() {
        return home.resolve("lib").resolve("app");
    }

    /** In an order that is always the same, which class data archives rely on. */
    private static List<Path> jarsIn(Path directory) throws LaunchException {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> jars = files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
            if (!jars.isEmpty()) {
                return jars;
            }
        } catch (IOException e) {
            throw new LaunchException(directory + " cannot be read; build it with compose/up --rebuild", e);
        }
        throw new LaunchException(directory + " holds no jars; build it with compose/up --rebuild");
    }

    /** Where a JVM keeps its class data archive, which more than halves the time it starts in. */
    Path archive(String process) {
        return home.resolve("cache").resolve(process + "-" + Runtime.version() + ".jsa");
    }
}
