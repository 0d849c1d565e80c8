package io.tftpdc.mirror.site;

import io.tftpdc.topic.Answers;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.jspecify.annotations.Nullable;

/** Looks at this site's cluster: is it the one that is meant, and can MirrorMaker write what it has to. */
final class OwnCheck {
    private static final AclOperation[] NEEDED = {
        AclOperation.WRITE, AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS, AclOperation.ALTER_CONFIGS
    };
    private static final Pattern MIRRORED =
            Pattern.compile("([a-z0-9-]+)\\." + Pattern.quote(Topics.FILE_EVENTS.name()));

    private final SiteFile file;
    private final ClusterLink own;
    private final Duration patience;
    private final Findings findings;

    OwnCheck(SiteFile file, ClusterLink own, Duration patience, Findings findings) {
        this.file = file;
        this.own = own;
        this.patience = patience;
        this.findings = findings;
    }

    void check() {
        name();
        long before = findings.problems();
        ownTopics();
        List<NewTopic> missing = new ArrayList<>();
        for (SiteFile.Peer peer : file.peers()) {
            mirroredTopics(peer, missing);
            internals(peer, missing);
        }
        creation(missing);
        if (findings.problems() == before) {
            findings.ok("what MirrorMaker writes to is there or may be created: " + missing.size() + " topics to come");
        }
        leftovers();
    }

    private void name() {
        RecentKeys.in(own, Topics.NODE_EVENTS.name(), file.site() + "/" + file.node(), patience)
                .map(RecentKeys::sites)
                .filter(sites -> !sites.isEmpty())
                .ifPresentOrElse(
                        sites -> {
                            if (sites.contains(file.site())) {
                                findings.ok("its nodes call their site " + file.site() + " too");
                            } else {
                                findings.problem(
                                        "the nodes here say that their site is " + String.join(", ", sites)
                                                + "; this file calls it " + file.site(),
                                        "write that name in `site`, or correct `kafka.bootstrap-servers`");
                            }
                        },
                        () -> findings.note("no node has reported here yet, so the site's name cannot be verified"));
    }

    /** What others pull from here must last as well. */
    private void ownTopics() {
        List<Topic<?, ?>> topics = SiteCheck.mirrored();
        Map<String, TopicLook> looks =
                TopicLook.at(own, topics.stream().map(Topic::name).toList());
        topics.forEach(topic -> {
            if (looks.get(topic.name()) instanceof TopicLook.Found found) {
                TopicFit.check(topic, found, findings);
            }
        });
        if (file.registryUrl().isPresent()) {
            String reports = Topics.NODE_EVENTS.name();
            switch (looks.getOrDefault(reports, new TopicLook.Missing())) {
                case TopicLook.Missing missing -> {}
                case TopicLook.Hidden hidden ->
                    TopicFit.hidden(reports, findings, AclOperation.WRITE, AclOperation.DESCRIBE);
                case TopicLook.Found found -> TopicFit.rights(reports, found, findings, AclOperation.WRITE);
            }
        }
        if (looks.values().stream().allMatch(TopicLook.Missing.class::isInstance)) {
            findings.note("none of this site's own topics is here yet; the streams processors create them");
        }
    }

    private void mirroredTopics(SiteFile.Peer peer, List<NewTopic> missing) {
        List<Topic<?, ?>> copies = new ArrayList<>();
        SiteCheck.mirrored().forEach(topic -> copies.add(topic.mirroredFrom(peer.siteName())));
        Map<String, TopicLook> looks =
                TopicLook.at(own, copies.stream().map(Topic::name).toList());
        for (Topic<?, ?> copy : copies) {
            switch (looks.getOrDefault(copy.name(), new TopicLook.Missing())) {
                case TopicLook.Missing absent ->
                    missing.add(new NewTopic(
                                    copy.name(),
                                    copy.settings().partitions(),
                                    file.replicationFactor().shortValue())
                            .configs(copy.settings().configs()));
                case TopicLook.Hidden hidden -> TopicFit.hidden(copy.name(), findings, NEEDED);
                case TopicLook.Found found -> {
                    TopicFit.rights(copy.name(), found, findings, NEEDED);
                    TopicFit.check(copy, found, findings);
                }
            }
        }
        lostCopies(peer, looks);
    }

    /** Positions outlive the topics that they stand for: MirrorMaker would go on behind what is no longer here. */
    private void lostCopies(SiteFile.Peer peer, Map<String, TopicLook> looks) {
        if (!own.topics().contains(MirroredPositions.topicOf(peer.site()))) {
            return;
        }
        Set<String> lost = new TreeSet<>();
        try (MirroredPositions positions = new MirroredPositions(own.settings(), peer.site())) {
            positions.refresh(patience);
            for (Topic<?, ?> topic : SiteCheck.mirrored()) {
                String copy = topic.mirroredFrom(peer.siteName()).name();
                for (int i = 0; i < topic.settings().partitions(); i++) {
                    boolean was =
                            positions.next(new TopicPartition(topic.name(), i)).isPresent();
                    if (was && isEmpty(looks.get(copy), new TopicPartition(copy, i))) {
                        lost.add(copy);
                    }
                }
            }
        } catch (KafkaException e) {
            findings.problem(
                    MirroredPositions.topicOf(peer.site()) + " cannot be read: " + ClusterLink.innermost(e),
                    "give the login READ on mm2-*; MirrorMaker keeps there how far it is");
            return;
        }
        if (!lost.isEmpty()) {
            findings.problem(
                    "MirrorMaker's positions say that records were mirrored into " + String.join(", ", lost)
                            + ", but nothing is there: it would go on behind what is lost",
                    "stop the mirror and delete " + MirroredPositions.topicOf(peer.site())
                            + ": it then begins at the beginning, and what comes twice changes nothing");
        }
    }

    private boolean isEmpty(@Nullable TopicLook look, TopicPartition partition) {
        if (!(look instanceof TopicLook.Found found)) {
            return look instanceof TopicLook.Missing;
        }
        return partition.partition() < found.partitions()
                && Answers.of(own.admin()
                                        .listOffsets(Map.of(partition, OffsetSpec.latest()))
                                        .partitionResult(partition))
                                .offset()
                        == 0;
    }

    /** MirrorMaker's own topics, its group and its transactions. */
    private void internals(SiteFile.Peer peer, List<NewTopic> missing) {
        List<String> names = List.of(
                MirroredPositions.topicOf(peer.site()),
                "mm2-status." + peer.site() + ".internal",
                "mm2-configs." + peer.site() + ".internal",
                "mm2-offset-syncs." + peer.site() + ".internal");
        TopicLook.at(own, names).forEach((name, look) -> {
            switch (look) {
                case TopicLook.Missing absent ->
                    missing.add(new NewTopic(name, 1, file.replicationFactor().shortValue())
                            .configs(Map.of("cleanup.policy", "compact")));
                case TopicLook.Hidden hidden ->
                    TopicFit.hidden(name, findings, AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE);
                case TopicLook.Found found ->
                    TopicFit.rights(
                            name, found, findings, AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE);
            }
        });
        String group = peer.site() + "-mm2";
        refused(
                own.admin()
                        .describeClassicGroups(List.of(group))
                        .describedGroups()
                        .get(group),
                () -> findings.problem(
                        "the login may not use the group " + group + ", in which MirrorMaker's workers agree",
                        "kafka-acls.sh --add --allow-principal User:THE-LOGIN --operation Read --operation Describe"
                                + " --group " + group));
        if (file.exactlyOnce()) {
            String transactions = group + "-MirrorSourceConnector-0";
            refused(
                    own.admin().describeTransactions(List.of(transactions)).description(transactions),
                    () -> findings.problem(
                            "the login may not use transactions named " + transactions + ", which exactly-once needs",
                            "kafka-acls.sh --add --allow-principal User:THE-LOGIN --operation Write --operation"
                                    + " Describe --transactional-id '*', or set `exactly-once: false`"));
        }
    }

    private static void refused(@Nullable KafkaFuture<?> answer, Runnable tell) {
        try {
            if (answer != null) {
                Answers.of(answer);
            }
        } catch (GroupAuthorizationException | TransactionalIdAuthorizationException e) {
            tell.run();
        } catch (KafkaException notThereYet) {
            // Which is fine: it may be used, and is made when it is.
        }
    }

    /** Has the cluster say what it would answer: rights, copies, and rules of its operator. */
    private void creation(List<NewTopic> missing) {
        if (missing.isEmpty()) {
            return;
        }
        Map<String, List<String>> refusals = new HashMap<>();
        Set<String> forbidden = new TreeSet<>();
        own.admin()
                .createTopics(missing, new CreateTopicsOptions().validateOnly(true))
                .values()
                .forEach((name, answer) -> {
                    try {
                        Answers.of(answer);
                    } catch (TopicExistsException raced) {
                        // Somebody made it just now, perhaps a mirror that starts.
                    } catch (AuthorizationException e) {
                        forbidden.add(name);
                    } catch (KafkaException e) {
                        refusals.computeIfAbsent(ClusterLink.innermost(e), reason -> new ArrayList<>())
                                .add(name);
                    }
                });
        if (!forbidden.isEmpty()) {
            findings.problem(
                    "the login may not CREATE " + forbidden.size() + " topics that are missing: " + some(forbidden),
                    "kafka-acls.sh --add --allow-principal User:THE-LOGIN --operation Create --operation Write"
                            + " --operation Read --operation Describe --operation DescribeConfigs --operation"
                            + " AlterConfigs --topic PREFIX --resource-pattern-type prefixed, for "
                            + file.peers().stream()
                                    .map(peer -> peer.site() + ".")
                                    .collect(Collectors.joining(", "))
                            + " and mm2-");
        }
        refusals.forEach((reason, names) -> findings.problem(
                names.size() + " topics cannot be created (" + some(names) + "): " + reason,
                own.brokers() < file.replicationFactor()
                        ? "set `replication-factor` to at most " + own.brokers() + ", the number of brokers, or add"
                                + " brokers"
                        : "see the broker's rules for new topics"));
    }

    private static String some(Collection<String> names) {
        String first = names.stream().sorted().limit(3).collect(Collectors.joining(", "));
        return names.size() > 3 ? first + ", …" : first;
    }

    private void leftovers() {
        Set<String> known = file.peers().stream().map(SiteFile.Peer::site).collect(Collectors.toSet());
        own.topics().stream()
                .map(MIRRORED::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .filter(site -> !known.contains(site))
                .forEach(site -> findings.note("topics of " + site + " are here, which is no peer (any more): what was"
                        + " mirrored from there goes on counting in the index"));
    }
}
