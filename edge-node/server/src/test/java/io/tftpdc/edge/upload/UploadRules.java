package io.tftpdc.edge.upload;

import io.tftpdc.edge.policy.Cidr;
import io.tftpdc.edge.policy.Glob;
import io.tftpdc.edge.policy.UploadPolicy;
import io.tftpdc.edge.policy.UploadPolicy.KafkaAway;
import io.tftpdc.edge.policy.UploadPolicy.Quota;
import io.tftpdc.edge.policy.UploadPolicy.Rule;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Rules for tests: everything is permitted unless something else is said. */
final class UploadRules {
    private UploadRules() {}

    static final Rule ANYTHING = new Rule(
            Optional.empty(),
            Optional.empty(),
            List.of(),
            true,
            true,
            1L << 30,
            new Quota(1L << 40, 1_000_000),
            KafkaAway.SPOOL,
            Duration.ofSeconds(10));

    static Rule below(Rule rule, String glob) {
        return new Rule(
                rule.tenant(),
                Optional.of(new Glob(glob).compiled()),
                rule.clients(),
                rule.create(),
                rule.overwrite(),
                rule.maxSize(),
                rule.quota(),
                rule.kafkaAway(),
                rule.commitTimeout());
    }

    static Rule from(Rule rule, String range) {
        return new Rule(
                rule.tenant(),
                rule.path(),
                List.of(Cidr.parse(range)),
                rule.create(),
                rule.overwrite(),
                rule.maxSize(),
                rule.quota(),
                rule.kafkaAway(),
                rule.commitTimeout());
    }

    static Rule allowing(Rule rule, boolean create, boolean overwrite) {
        return new Rule(
                rule.tenant(),
                rule.path(),
                rule.clients(),
                create,
                overwrite,
                rule.maxSize(),
                rule.quota(),
                rule.kafkaAway(),
                rule.commitTimeout());
    }

    static Rule limited(Rule rule, long maxSize, long quotaBytes, long quotaFiles) {
        return new Rule(
                rule.tenant(),
                rule.path(),
                rule.clients(),
                rule.create(),
                rule.overwrite(),
                maxSize,
                new Quota(quotaBytes, quotaFiles),
                rule.kafkaAway(),
                rule.commitTimeout());
    }

    static Rule committing(Rule rule, KafkaAway away, Duration timeout) {
        return new Rule(
                rule.tenant(),
                rule.path(),
                rule.clients(),
                rule.create(),
                rule.overwrite(),
                rule.maxSize(),
                rule.quota(),
                away,
                timeout);
    }

    static UploadPolicy policy(Rule... rules) {
        return new UploadPolicy(List.of(rules));
    }
}
