package io.tftpdc.mirror.site;

import io.tftpdc.topic.Answers;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/** Looks at a peer's cluster: is it the one that is meant, and can everything be pulled from it and kept here. */
final class PeerCheck {
    /** Mirroring itself takes less; a clock that is further ahead than this makes ages and conflicts misleading. */
    private static final Duration AHEAD = Duration.ofSeconds(10);

    private static final AclOperation[] NEEDED = {
        AclOperation.READ, AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS
    };
    private static final Pattern MIRRORED =
            Pattern.compile("([a-z0-9-]+)\\." + Pattern.quote(Topics.NODE_EVENTS.name()));

    private final SiteFile file;
    private final ClusterLink peer;
    private final Clock clock;
    private final Duration patience;
    private final Findings findings;

    PeerCheck(SiteFile file, ClusterLink peer, Clock clock, Duration patience, Findings findings) {
        this.file = file;
        this.peer = peer;
        this.clock = clock;
        this.patience = patience;
        this.findings = findings;
    }

    void check(Optional<ClusterLink> here) {
        long before = findings.problems();
        List<Topic<?, ?>> topics = SiteCheck.mirrored();
        Map<String, TopicLook> looks =
                TopicLook.at(peer, topics.stream().map(Topic::name).toList());
        for (Topic<?, ?> topic : topics) {
            switch (looks.getOrDefault(topic.name(), new TopicLook.Missing())) {
                case TopicLook.Missing missing ->
                    findings.problem(
                            topic.name() + " is missing",
                            "start the streams processors of " + peer.name()
                                    + ", which create it, or correct `bootstrap-servers`");
                case TopicLook.Hidden hidden -> TopicFit.hidden(topic.name(), findings, NEEDED);
                case TopicLook.Found found -> {
                    TopicFit.rights(topic.name(), found, findings, NEEDED);
                    TopicFit.check(topic, found, findings);
                }
            }
        }
        here.ifPresent(own -> recordsFit(topics, looks, own));
        if (findings.problems() == before) {
            findings.ok(topics.size() + " topics to mirror are there, can be read, are as they should be");
        }
        name();
        namesOfOthers();
    }

    /** A record that the copy's limit refuses stops its flow for good. */
    private void recordsFit(List<Topic<?, ?>> topics, Map<String, TopicLook> looks, ClusterLink own) {
        OptionalLong here = brokerLimit(own);
        if (here.isEmpty()) {
            return;
        }
        Map<Long, List<String>> larger = new TreeMap<>();
        for (Topic<?, ?> topic : topics) {
            if (looks.get(topic.name()) instanceof TopicLook.Found found) {
                found.setting(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
                        // What is set at the topic itself is copied here with it; a broker's default is not.
                        .filter(there -> there.source() != ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG)
                        .map(there -> Long.parseLong(there.value()))
                        .filter(there -> there > here.getAsLong())
                        .ifPresent(there -> larger.computeIfAbsent(there, limit -> new ArrayList<>())
                                .add(topic.name()));
            }
        }
        larger.forEach((limit, names) -> findings.problem(
                String.join(", ", names) + " takes records of " + limit + " bytes, the copy here only "
                        + here.getAsLong() + ": one larger record would stop the flow for good",
                "set message.max.bytes=" + limit + " at the brokers here, or max.message.bytes at the topic in "
                        + peer.name() + ", from where it is copied: "
                        + TopicFit.alter(names.get(0), TopicConfig.MAX_MESSAGE_BYTES_CONFIG + "=" + limit)));
    }

    private static OptionalLong brokerLimit(ClusterLink own) {
        try {
            String broker =
                    String.valueOf(Answers.of(own.admin().describeCluster().nodes())
                            .iterator()
                            .next()
                            .id());
            ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, broker);
            Config config = Answers.of(
                            own.admin().describeConfigs(List.of(resource)).all())
                    .get(resource);
            return config == null
                    ? OptionalLong.empty()
                    : OptionalLong.of(
                            Long.parseLong(config.get("message.max.bytes").value()));
        } catch (KafkaException notAllowed) {
            return OptionalLong.empty();
        }
    }

    private void name() {
        Optional<RecentKeys> recent = RecentKeys.in(peer, Topics.NODE_EVENTS.name(), "", patience);
        if (recent.isEmpty() || recent.get().sites().isEmpty()) {
            findings.note("no node has reported there yet, so its name cannot be verified");
            return;
        }
        if (!recent.get().sites().contains(peer.name())) {
            findings.problem(
                    "the nodes there say that their site is "
                            + String.join(", ", recent.get().sites()) + "; this file calls it " + peer.name(),
                    "write that name in `peers`, or correct `bootstrap-servers`: the name becomes part of topics and"
                            + " can never be changed later");
        } else {
            findings.ok("its nodes call their site " + peer.name() + " too");
        }
        recent.get().newestMillis().ifPresent(this::clockOf);
    }

    private void clockOf(long newest) {
        Duration ahead = Duration.ofMillis(newest - clock.millis());
        if (ahead.compareTo(AHEAD) > 0) {
            findings.problem(
                    "a node there reported " + ahead.toSeconds() + " s in the future: its clock is ahead, or this"
                            + " machine's is behind",
                    "set both with NTP");
        } else if (ahead.negated().compareTo(Duration.ofMinutes(1)) > 0) {
            findings.note("no node there has reported for " + ahead.negated().toSeconds() + " s");
        }
    }

    /** The peer may mirror from sites, this one among them, that it calls by a name which is not theirs. */
    private void namesOfOthers() {
        for (String topic : peer.topics()) {
            Matcher matcher = MIRRORED.matcher(topic);
            if (!matcher.matches()) {
                continue;
            }
            String called = matcher.group(1);
            RecentKeys.in(peer, topic, "", patience)
                    .map(RecentKeys::sites)
                    .filter(sites -> !sites.isEmpty() && !sites.contains(called))
                    .ifPresent(sites -> findings.problem(
                            "it mirrors " + (sites.contains(file.site()) ? "this site" : "site " + sites) + " as "
                                    + called + ": its topic " + topic + " holds reports of " + String.join(", ", sites),
                            "correct that name in the site file of " + peer.name() + ", start its mirror anew, and"
                                    + " delete its topics " + called + ".tftp.* once the new ones are complete"));
        }
    }
}
