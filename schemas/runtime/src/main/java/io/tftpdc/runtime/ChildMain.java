package io.tftpdc.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs another main class as somebody's child process: {@code ChildMain MAIN-CLASS ARGUMENT...}.
 *
 * <p>The process lives as long as its standard input is open, so it never outlives the program that started it, not even
 * one that was killed. It says {@code ready} on standard output once the main method has returned. Needs nothing but the
 * JDK and SLF4J.
 */
public final class ChildMain {

    private static final Logger LOG = LoggerFactory.getLogger(ChildMain.class);

    /** What the main class starts has so long for an orderly end. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private ChildMain() {}

    public static void main(String[] arguments) throws Throwable {
        if (arguments.length == 0) {
            System.err.println("usage: ChildMain MAIN-CLASS ARGUMENT...");
            System.exit(2);
        }
        watch(PATIENCE, ClassDataArchive::writeIfWanted);
        try {
            Class.forName(arguments[0]).getMethod("main", String[].class).invoke(null, (Object)
                    Arrays.copyOfRange(arguments, 1, arguments.length));
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
        System.out.println("ready");
        System.out.flush();
    }

    /**
     * From here on this process ends, with its shutdown hooks, when its parent closes the pipe that is our standard
     * input, which the operating system does when the parent dies.
     *
     * @param patience hooks that take longer are cut short
     */
    public static void endWithParent(Duration patience) {
        watch(patience, () -> {});
    }

    private static void watch(Duration patience, Runnable last) {
        Thread watch = new Thread(() -> watchParent(patience, last), "parent-watch");
        watch.setDaemon(true);
        watch.start();
    }

    private static void watchParent(Duration patience, Runnable last) {
        try (InputStream in = System.in) {
            while (in.read() >= 0) {
                // nothing is said to us
            }
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("Standard input broke");
        }
        Thread exit = new Thread(
                () -> {
                    last.run();
                    System.exit(0);
                },
                "parent-is-gone");
        exit.setDaemon(true);
        exit.start();
        try {
            Thread.sleep(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(1);
    }
}
