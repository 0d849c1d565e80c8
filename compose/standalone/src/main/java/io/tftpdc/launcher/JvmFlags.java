package io.tftpdc.launcher;

import java.nio.file.Path;
import java.util.List;

/** JVM options that several processes share. The scripts in {@code compose} know the same ones. */
final class JvmFlags {

    private JvmFlags() {}

    /**
     * Declares what our libraries do (native code, {@code Unsafe}) so that the JVM does not warn of it.
     *
     * @param feature the feature version of the JVM that will run, 21 or later
     */
    static List<String> quiet(int feature) {
        String nativeAccess = "--enable-native-access=ALL-UNNAMED";
        return feature >= 23 ? List.of(nativeAccess, "--sun-misc-unsafe-memory-access=allow") : List.of(nativeAccess);
    }

    /**
     * Keeps a class data archive: read at the start, written at the end when it does not fit. The JVM's own log is off
     * because it tells of an unusable archive on standard output, where we speak to each other.
     */
    static List<String> archive(Path file) {
        return List.of(
                "-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=" + file.toAbsolutePath(), "-Xlog:disable");
    }
}
