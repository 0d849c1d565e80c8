package io.tftpdc.index;

import java.util.Arrays;
import java.util.Random;
import java.util.function.Predicate;

/** Runs histories of {@link ManySites} that lose records, and cuts one that fails down to the steps that matter. */
final class Histories {
    private Histories() {}

    /** Throws, with the shortest history found that still fails, unless the sites agree in the end. */
    static ManySites survive(long seed, int length) {
        long[] steps = new Random(seed).longs(length).toArray();
        ManySites sites = new ManySites(new Random(seed), true);
        try {
            play(sites, steps);
            return sites;
        } catch (AssertionError failure) {
            long[] shortest = shrink(steps, some -> fails(seed, some));
            ManySites again = new ManySites(new Random(seed), true);
            again.showAll();
            try {
                play(again, shortest);
            } catch (AssertionError shown) {
                throw new AssertionError(
                        "of " + length + " steps " + shortest.length + " are enough: " + shown.getMessage(), failure);
            }
            throw failure;
        }
    }

    private static void play(ManySites sites, long[] steps) {
        for (long step : steps) {
            sites.step(step);
        }
        sites.settle();
        sites.requireAgreement();
    }

    private static boolean fails(long seed, long[] steps) {
        try {
            play(new ManySites(new Random(seed), true), steps);
            return false;
        } catch (AssertionError failure) {
            return true;
        }
    }

    /**
     * Leaves out ever smaller pieces for as long as what is left still fails.
     *
     * <p>Source: Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (2002).
     */
    static long[] shrink(long[] steps, Predicate<long[]> fails) {
        long[] left = steps;
        for (int piece = Math.max(1, left.length / 2); piece >= 1; piece /= 2) {
            for (int from = 0; from < left.length; ) {
                long[] without = without(left, from, Math.min(left.length, from + piece));
                if (fails.test(without)) {
                    left = without;
                } else {
                    from += piece;
                }
            }
        }
        return left;
    }

    private static long[] without(long[] steps, int from, int to) {
        long[] rest = Arrays.copyOf(steps, steps.length - (to - from));
        System.arraycopy(steps, to, rest, from, steps.length - to);
        return rest;
    }
}
