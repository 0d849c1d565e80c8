package io.tftpdc.launcher;

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
}
