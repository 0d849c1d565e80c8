package io.tftpdc.edge.control;

import io.tftpdc.client.TopicFollower;
import io.tftpdc.edge.index.KafkaCluster;
import io.tftpdc.edge.journal.EventSender;
import io.tftpdc.edge.journal.NodeIdentity;
import io.tftpdc.event.ConfigEvent;
import io.tftpdc.event.ConfigEvent.SettingChanged;
import io.tftpdc.event.ConfigEvent.TenantDefined;
import io.tftpdc.event.ConfigEvent.UnknownConfigEvent;
import io.tftpdc.event.RejectedRecord;
import io.tftpdc.event.Sha256;
import io.tftpdc.topic.Topics;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what operators change from {@code tftp.config-events} and the peers' mirrored copies to the {@link PolicyKeeper}.
 * The topic is read from its beginning at each start, which takes milliseconds and is harmless: the fold knows most of it.
 *
 * <p>A record that is no good is noted in {@code tftp.rejected}, once in a run of the node, and changes nothing. Nothing is
 * put in force before all has been read that was there at the start, so that a former value is not in force for a moment.
 *
 * <p>When the topic was made anew, or another cluster's is followed, the keeper goes on with all that it knows, as it does
 * over a restart: whoever lost the topic did not decide that nothing is limited any more. What the new topic says of the
 * same setting counts as soon as its stamp is greater.
 */
public final class ConfigFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigFeed.class);

    private static final int MAX_NOTED = 10_000;

    private final PolicyKeeper keeper;
    private final EventSender rejections;
    private final NodeIdentity identity;
    /** What was noted in this run: another cluster has the same records at other places. */
    private final Set<Sha256> noted = ConcurrentHashMap.newKeySet();

    private @Nullable TopicFollower<String, ConfigEvent> follower;
    private KafkaCluster cluster;
    private boolean started;

    /**
     * @param rejections where records that are no good are noted; stays open when this is closed
     * @param cluster to begin with
     */
    public ConfigFeed(PolicyKeeper keeper, EventSender rejections, NodeIdentity identity, KafkaCluster cluster) {
        this.keeper = keeper;
        this.rejections = rejections;
        this.identity = identity;
        this.cluster = cluster;
    }

    /** Follows this cluster from now on, in place of the one before. Any thread; waits for the former one's end. */
    public synchronized void follow(KafkaCluster another) {
        cluster = another;
        if (started) {
            stop();
            begin();
        }
    }

    /** Call when everybody who works by the policy has been made known to its keeper. */
    public synchronized void start() {
        started = true;
        begin();
    }

    private void begin() {
        TopicFollower<String, ConfigEvent> next =
                new TopicFollower<>(cluster.settings(), Topics.CONFIG_EVENTS, cluster.ids(), new Sink());
        follower = next;
        next.start();
    }

    private void stop() {
        TopicFollower<String, ConfigEvent> former = follower;
        if (former != null) {
            former.close();
            follower = null;
        }
    }

    @Override
    public synchronized void close() {
        started = false;
        stop();
    }

    private final class Sink implements TopicFollower.Sink<String, ConfigEvent> {
        @Override
        public void take(ConsumerRecord<byte[], byte[]> record, String key, ConfigEvent event) {
            switch (event) {
                case SettingChanged change -> {
                    if (key.equals(change.scope().toString())) {
                        keeper.take(change).ifPresent(reason -> reject(record, reason));
                    } else {
                        reject(
                                record,
                                "the record is keyed '" + key + "' but its setting is for " + change.scope()
                                        + "; expected the scope as key");
                    }
                }
                case TenantDefined tenant -> {}
                case ConfigEvent.SiteForgotten another -> {}
                case UnknownConfigEvent newer -> {}
            }
        }

        @Override
        public void unreadable(ConsumerRecord<byte[], byte[]> record, String reason) {
            reject(record, reason);
        }

        @Override
        public void polled(boolean caughtUp) {
            if (caughtUp) {
                keeper.settle();
            }
        }
    }

    private void reject(ConsumerRecord<byte[], byte[]> record, String reason) {
        if (noted.size() < MAX_NOTED && !noted.add(Sha256.of(record.value()))) {
            return;
        }
        keeper.rejected(record.topic() + "-" + record.partition() + "@" + record.offset() + ": " + reason);
        LOG.atWarn()
                .addKeyValue("topic", record.topic())
                .addKeyValue("partition", record.partition())
                .addKeyValue("offset", record.offset())
                .addKeyValue("reason", reason)
                .log("A setting is no good and changes nothing");
        List<RejectedRecord.Header> headers = new ArrayList<>();
        record.headers()
                .forEach(header -> headers.add(new RejectedRecord.Header(
                        header.key(), header.value() == null ? null : ByteBuffer.wrap(header.value()))));
        RejectedRecord rejected = RejectedRecord.of(
                identity.site(),
                "edge:" + identity.node(),
                new RejectedRecord.Origin(record.topic(), record.partition(), record.offset(), record.timestamp()),
                record.key(),
                headers,
                record.value(),
                reason);
        try {
            byte[] key = record.key() == null ? new byte[0] : record.key();
            rejections.send(Topics.REJECTED, key, rejected, (metadata, error) -> {
                if (error != null) {
                    LOG.atWarn().setCause(error).log("A rejected setting could not be noted");
                }
            });
        } catch (KafkaException e) {
            LOG.atWarn().setCause(e).log("A rejected setting could not be noted");
        }
    }
}
