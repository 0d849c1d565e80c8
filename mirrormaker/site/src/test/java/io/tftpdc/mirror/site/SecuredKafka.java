package io.tftpdc.mirror.site;

import io.tftpdc.broker.BrokerConfig;
import io.tftpdc.broker.EmbeddedKafka;
import io.tftpdc.runtime.Secret;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A broker that asks for a login and has access rules: {@code admin} may do everything, {@code mirror} what it is
 * allowed to, and nobody else comes in.
 */
public final class SecuredKafka {
    private static final String PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule required";

    private SecuredKafka() {}

    /** @param further broker settings that win, such as those of TLS */
    public static EmbeddedKafka start(Path directory, Map<String, String> further) {
        Map<String, String> settings = new HashMap<>();
        settings.put("listener.security.protocol.map", "CLIENTS:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("sasl.enabled.mechanisms", "PLAIN");
        settings.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
        settings.put(
                "listener.name.clients.plain.sasl.jaas.config",
                PLAIN + " username=\"admin\" password=\"adminpw\" user_admin=\"adminpw\" user_mirror=\"mirrorpw\";");
        settings.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        // The node's controller listener, on loopback, knows no users.
        settings.put("super.users", "User:admin;User:ANONYMOUS");
        settings.putAll(further);
        EmbeddedKafka kafka =
                new EmbeddedKafka(BrokerConfig.inProcess(directory).withExtraSettings(settings));
        kafka.start();
        return kafka;
    }

    /** How to log in. */
    public static Map<String, Secret> login(String protocol, String user, String password) {
        return Map.of(
                "security.protocol",
                Secret.of(protocol),
                "sasl.mechanism",
                Secret.of("PLAIN"),
                "sasl.jaas.config",
                Secret.of(PLAIN + " username=\"" + user + "\" password=\"" + password + "\";"));
    }
}
