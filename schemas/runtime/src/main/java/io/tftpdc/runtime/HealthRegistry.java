package io.tftpdc.runtime;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The named checks of one process in two groups. <b>Liveness</b>: restart the process when one is down. <b>Readiness</b>:
 * send it no work while one is down. A process that is not alive is not ready either, so {@link #ready} runs both.
 * Safe for use by several threads; checks run in the order in which they were added.
 */
public final class HealthRegistry {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, HealthCheck> liveness = new LinkedHashMap<>();
    private final Map<String, HealthCheck> readiness = new LinkedHashMap<>();

    /**
     * Adds a check that, when down, asks for a restart.
     *
     * @throws IllegalArgumentException if a check of this name exists
     */
    public synchronized HealthRegistry liveness(String name, HealthCheck check) {
        return add(liveness, name, check);
    }

    /**
     * Adds a check that, when down, keeps work away.
     *
     * @throws IllegalArgumentException if a check of this name exists
     */
    public synchronized HealthRegistry readiness(String name, HealthCheck check) {
        return add(readiness, name, check);
    }

    private HealthRegistry add(Map<String, HealthCheck> group, String name, HealthCheck check) {
        if (liveness.containsKey(name) || readiness.containsKey(name)) {
            throw new IllegalArgumentException("There is already a health check named " + name);
        }
        group.put(name, check);
        return this;
    }

    public Report live() {
        return run(copy(true, false));
    }

    public Report ready() {
        return run(copy(true, true));
    }

    private synchronized Map<String, HealthCheck> copy(boolean withLiveness, boolean withReadiness) {
        Map<String, HealthCheck> checks = new LinkedHashMap<>();
        if (withLiveness) {
            checks.putAll(liveness);
        }
        if (withReadiness) {
            checks.putAll(readiness);
        }
        return checks;
    }

    private static Report run(Map<String, HealthCheck> checks) {
        Map<String, HealthCheck.Status> results = new LinkedHashMap<>();
        checks.forEach((name, check) -> results.put(name, run(check)));
        return new Report(results);
    }

    private static HealthCheck.Status run(HealthCheck check) {
        try {
            return check.check();
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            return HealthCheck.Status.down(String.valueOf(e));
        }
    }

    /** What all checks of a group found, in order. */
    public record Report(Map<String, HealthCheck.Status> checks) {

        /** Whether every check is up; a group without checks is up. */
        public boolean up() {
            return checks.values().stream().allMatch(HealthCheck.Status::up);
        }

        /** 200 or 503. */
        public int httpStatus() {
            return up() ? 200 : 503;
        }

        /** {@code {"status":"up","checks":{"kafka":{"status":"up","detail":"…"}}}}. */
        public String toJson() {
            ObjectNode root = JSON.createObjectNode().put("status", word(up()));
            ObjectNode all = root.putObject("checks");
            checks.forEach((name, status) ->
                    all.putObject(name).put("status", word(status.up())).put("detail", status.detail()));
            return root.toString();
        }

        private static String word(boolean up) {
            return up ? "up" : "down";
        }
    }
}
