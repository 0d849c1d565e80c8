package io.tftpdc.edge.udp;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls the classes of {@code udp.ffm}, which are compiled for Java 22 and so are known by name only. */
final class ForeignClasses {

    private static final Logger LOG = LoggerFactory.getLogger(ForeignClasses.class);
    private static final int FIRST_JAVA_VERSION = 22;

    private ForeignClasses() {}

    /**
     * What the static method without parameters returns; empty where there is no such class, or where the system or the
     * Java version cannot run it, which is logged.
     */
    static <T> Optional<T> call(String className, String method, Class<T> type) {
        if (Runtime.version().feature() < FIRST_JAVA_VERSION) {
            return Optional.empty();
        }
        try {
            return Optional.of(type.cast(Class.forName("io.tftpdc.edge.udp.ffm." + className)
                    .getDeclaredMethod(method)
                    .invoke(null)));
        } catch (ReflectiveOperationException | LinkageError unavailable) {
            LOG.atDebug()
                    .setMessage("not to be had here")
                    .addKeyValue("class", className)
                    .setCause(unavailable)
                    .log();
            return Optional.empty();
        }
    }
}
