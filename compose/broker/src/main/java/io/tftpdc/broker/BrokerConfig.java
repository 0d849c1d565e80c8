package io.tftpdc.broker;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Where one broker keeps its data and where it listens.
 *
 * @param dataDirectory everything the broker writes is below it; created when absent
 * @param host the address it binds; loopback unless somebody opens it up
 * @param port the port for clients, or 0 to take a free one at the first start and keep it over restarts
 * @param advertisedHost what it tells its clients to connect to; no wildcard
 * @param internalPort a second port, on loopback, for clients on this machine that must not depend on the advertised
 *     host; 0 for none
 * @param proxied further ports, on loopback, each behind a proxy of its own
 * @param extraSettings broker settings that win over ours
 * @param fatalFaults what happens when Kafka gives up (a full disk, a failed metadata log)
 */
public record BrokerConfig(
        Path dataDirectory,
        String host,
        int port,
        String advertisedHost,
        int internalPort,
        List<Proxied> proxied,
        Map<String, String> extraSettings,
        FatalFaults fatalFaults) {

    /** Reached by clients on this machine only; a name would first resolve to ::1, where nobody listens. */
    public static final String LOOPBACK = "127.0.0.1";

    /**
     * A port that clients reach through a proxy only: they are told the proxy's port, so that they stay behind it.
     *
     * @param port where the broker listens
     * @param advertisedPort where the proxy listens, on loopback
     */
    public record Proxied(int port, int advertisedPort) {

        /** From {@code PORT:ADVERTISED-PORT}. */
        static Proxied parse(String text) {
            String[] ports = text.split(":", 2);
            if (ports.length != 2) {
                throw new IllegalArgumentException(
                        "A proxied listener is '" + text + "'; expected PORT:ADVERTISED-PORT");
            }
            return new Proxied(Integer.parseInt(ports[0]), Integer.parseInt(ports[1]));
        }
    }

    /** What a fault does that Kafka answers by ending its process. */
    public enum FatalFaults {
        /** The process ends at once, for a broker that has a process of its own and a supervisor. */
        END_THE_PROCESS,
        /** Only the thread with the fault ends, for a broker inside a test's JVM, which has to live on. */
        FAIL_THE_THREAD
    }

    public BrokerConfig {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("Kafka port is " + port + "; expected 0 (any free one) to 65535");
        }
        proxied = List.copyOf(proxied);
        extraSettings = Map.copyOf(extraSettings);
    }

    /** A broker inside this JVM, on a free loopback port. */
    public static BrokerConfig inProcess(Path dataDirectory) {
        return new BrokerConfig(
                dataDirectory, LOOPBACK, 0, LOOPBACK, 0, List.of(), Map.of(), FatalFaults.FAIL_THE_THREAD);
    }

    public BrokerConfig withPort(int newPort) {
        return new BrokerConfig(
                dataDirectory, host, newPort, advertisedHost, internalPort, proxied, extraSettings, fatalFaults);
    }

    public BrokerConfig withExtraSettings(Map<String, String> settings) {
        return new BrokerConfig(
                dataDirectory, host, port, advertisedHost, internalPort, proxied, settings, fatalFaults);
    }
}
