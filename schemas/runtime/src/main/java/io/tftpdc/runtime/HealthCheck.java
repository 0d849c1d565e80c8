package io.tftpdc.runtime;

/**
 * Answers whether one thing works. Called by the threads of {@link OpsServer} at every probe, several at once: answer
 * from memory, without blocking; something slow is measured elsewhere and handed over by {@link HealthSwitch}.
 */
@FunctionalInterface
public interface HealthCheck {

    /** May throw: the check is then down with the exception as detail. */
    Status check() throws Exception;

    /**
     * What a check found.
     *
     * @param up whether it works
     * @param detail what was seen, for a person: figures where it is up, cause and remedy where it is down
     */
    record Status(boolean up, String detail) {

        public static Status up(String detail) {
            return new Status(true, detail);
        }

        public static Status down(String detail) {
            return new Status(false, detail);
        }
    }
}
