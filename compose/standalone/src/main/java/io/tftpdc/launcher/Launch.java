package io.tftpdc.launcher;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What is launched: one site, or several. */
interface Launch {

    /** Said first; empty when somebody else greets. */
    String greeting();

    /** What processes of a run that was killed may still use, and for how long; they end by themselves. */
    List<Former> formers();

    /** Ports that will be listened on. */
    List<PortUse> ports();

    /** Whether a process above starts it, again whenever it ends: what a former one leaves is not said to a person. */
    default boolean isChild() {
        return false;
    }

    /** What runs, in the order in which it starts; closed in the reverse order. */
    List<Component> components() throws LaunchException;

    /** Said when everything works, before {@code ready}. */
    List<String> advice();

    /** Done last, if everything had worked. */
    default void afterGoodRun() {}

    /**
     * Who may still be ending.
     *
     * @param who as in {@code broker}
     * @param directory which it has claimed
     * @param patience longer than it takes to end by itself
     */
    record Former(String who, Path directory, Duration patience) {}
}
