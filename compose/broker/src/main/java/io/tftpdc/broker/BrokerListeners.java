package io.tftpdc.broker;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a broker listens, and what it tells its clients to connect to.
 *
 * @param host the address to bind, possibly a wildcard
 * @param port for clients
 * @param advertisedHost what clients are told to connect to
 * @param internalPort on loopback, for those on this machine that must not depend on the advertised name; 0 for none
 * @param proxied on loopback, for those who come through a proxy
 * @param controllerPort on loopback, for the node itself
 */
record BrokerListeners(
        String host,
        int port,
        String advertisedHost,
        int internalPort,
        List<BrokerConfig.Proxied> proxied,
        int controllerPort) {

    /** What clients are told, {@code host:port}. */
    static String address(String host, int port) {
        return (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
    }

    Map<String, String> settings() {
        String controller = address(BrokerConfig.LOOPBACK, controllerPort);
        String listeners = "CLIENTS://" + address(host, port);
        String advertised = "CLIENTS://" + address(advertisedHost, port);
        String protocols = "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT";
        if (internalPort != 0) {
            String internal = ",INTERNAL://" + address(BrokerConfig.LOOPBACK, internalPort);
            listeners += internal;
            advertised += internal;
            protocols += ",INTERNAL:PLAINTEXT";
        }
        for (BrokerConfig.Proxied one : proxied) {
            // A listener has one advertised address, so each proxy needs a listener.
            String name = "PROXIED_" + one.port();
            listeners += "," + name + "://" + address(BrokerConfig.LOOPBACK, one.port());
            advertised += "," + name + "://" + address(BrokerConfig.LOOPBACK, one.advertisedPort());
            protocols += "," + name + ":PLAINTEXT";
        }
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("listener.security.protocol.map", protocols);
        settings.put("listeners", listeners + ",CONTROLLER://" + controller);
        settings.put("advertised.listeners", advertised);
        // The node talks to itself too: it writes the ends of transactions.
        settings.put("inter.broker.listener.name", internalPort == 0 ? "CLIENTS" : "INTERNAL");
        return settings;
    }
}
