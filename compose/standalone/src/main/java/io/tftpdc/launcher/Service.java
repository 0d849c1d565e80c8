package io.tftpdc.launcher;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A part that another module starts with one call and closes through what the call returned.
 *
 * @param <S> what runs
 */
final class Service<S extends AutoCloseable> implements Component {

    private final String name;
    private final Starter<S> starter;
    private final Function<S, String> detail;
    private @Nullable S running;

    /** Starts one part; its class is not loaded before. */
    @FunctionalInterface
    interface Starter<S> {
        S start() throws Exception;
    }

    Service(String name, Starter<S> starter, Function<S, String> detail) {
        this.name = name;
        this.starter = starter;
        this.detail = detail;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void start() throws Exception {
        running = starter.start();
    }

    /** What runs, for the parts that come after it. */
    S running() {
        if (running == null) {
            throw new IllegalStateException("The " + name + " was not started");
        }
        return running;
    }

    @Override
    public String detail() {
        return running == null ? "" : detail.apply(running);
    }

    @Override
    public void close() {
        S stopping = running;
        running = null;
        if (stopping != null) {
            try {
                stopping.close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("The " + name + " did not stop: " + e, e);
            }
        }
    }
}
