package io.tftpdc.property;

import java.util.Random;

/**
 * Runs a property with many seeds. The same seeds every time, so that a green build stays green; a failure names its
 * seed, and {@code -Dproperty.seed=N} runs that one alone. {@code -Dproperty.runs=N} multiplies the number of runs, for
 * a night of searching.
 */
public final class Seeds {
    private Seeds() {}

    /** A property of a random source; throws what says that it does not hold. */
    @FunctionalInterface
    public interface Property {
        void check(Random random) throws Exception;
    }

    public static void check(int runs, Property property) {
        Long only = Long.getLong("property.seed");
        if (only != null) {
            checkOne(only, property);
            return;
        }
        long all = (long) runs * Integer.getInteger("property.runs", 1);
        for (long seed = 0; seed < all; seed++) {
            checkOne(seed, property);
        }
    }

    private static void checkOne(long seed, Property property) {
        try {
            property.check(new Random(seed));
        } catch (Exception | Error e) {
            throw new AssertionError("fails with -Dproperty.seed=" + seed + ": " + e.getMessage(), e);
        }
    }
}
