package io.tftpdc.launcher;

import java.util.List;
import java.util.stream.Stream;

/** JVM options that several processes share. The scripts in {@code compose} know the same ones. */
final class JvmFlags {

    private JvmFlags() {}

    /**
     * Declares what our libraries do (native code, {@code Unsafe}) so that the JVM does not warn of it, and has the heap
     * in regions so large that a chunk of a file, or a batch of them for Kafka, is an object like any other.
     *
     * @param feature the feature version of the JVM that will run, 21 or later
     */
    static List<String> shared(int feature) {
        List<String> flags = List.of("--enable-native-access=ALL-UNNAMED", "-XX:G1HeapRegionSize=4m");
        return feature >= 23
                ? Stream.concat(flags.stream(), Stream.of("--sun-misc-unsafe-memory-access=allow"))
                        .toList()
                : flags;
    }
}
