package io.tftpdc.tftp;

import java.util.Random;

/** Runs a property over many random cases, and says which seed failed. {@code -Dseed=N} runs that one alone. */
public final class SeededCases {

    private SeededCases() {}

    public interface Property {
        void check(Random random) throws Exception;
    }

    public static void check(int cases, Property property) {
        Long only = Long.getLong("seed");
        long first = only != null ? only : 1;
        long last = only != null ? only : cases;
        for (long seed = first; seed <= last; seed++) {
            try {
                property.check(new Random(seed));
            } catch (Throwable failure) {
                throw new AssertionError("fails with -Dseed=" + seed + ": " + failure.getMessage(), failure);
            }
        }
    }
}
