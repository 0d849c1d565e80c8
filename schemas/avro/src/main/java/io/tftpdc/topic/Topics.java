package io.tftpdc.topic;

import io.tftpdc.event.AlertEvent;
import io.tftpdc.event.AuditEvent;
import io.tftpdc.event.ConfigEvent;
import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.NodeReported;
import io.tftpdc.event.RejectedRecord;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.Tenant;
import io.tftpdc.event.TransferEvent;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.convergence.DigestReport;
import io.tftpdc.wire.Formats;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Every topic of the system. Created by {@link TopicCreator} before anything uses them, never by the broker's
 * auto-creation; listed for people in {@code docs/reference/topics.md}, which is generated from here.
 */
public final class Topics {
    private Topics() {}

    /** Partitions of every topic that is not said to have another number; one count for all sites, for good. */
    public static final int PARTITIONS = 6;

    /** Name of the publish topic of tenant {@code x} is this plus {@code x}. */
    public static final String PUBLISH_PREFIX = "tftp.publish.";

    /** Matches the publish topics of this site and nothing mirrored. */
    public static final Pattern PUBLISH_PATTERN = Pattern.compile("tftp\\.publish\\.[a-z0-9-]+");

    /** Largest batch that a publish topic takes; a record over the intake's own limit below it gets a clear reason. */
    public static final int PUBLISH_MAX_RECORD_BYTES = 64 * 1024 * 1024 + 64 * 1024;

    public static final Topic<FileKey, FileEvent> FILE_EVENTS = new Topic<>(
            "tftp.file-events",
            Formats.FILE_KEY,
            Formats.FILE_EVENT,
            TopicSettings.keptForEver(),
            true,
            "Every publish and removal of a file. Never compacted: under mirroring the newest offset need not be the"
                    + " greatest stamp.");

    public static final Topic<Sha256, byte[]> CONTENT = new Topic<>(
            "tftp.content",
            Formats.SHA_256,
            Formats.BYTES,
            TopicSettings.compacted(),
            true,
            "Chunks of files. Compacting is safe because a key has one possible value.");

    public static final Topic<String, ConfigEvent> CONFIG_EVENTS = new Topic<>(
            "tftp.config-events",
            Formats.TEXT,
            Formats.CONFIG_EVENT,
            TopicSettings.keptForEver(),
            true,
            "Every change of what operators configure while the system runs; the key is the scope, such as"
                    + " tenant/default.");

    public static final Topic<FileKey, TransferEvent> TRANSFER_EVENTS = new Topic<>(
            "tftp.transfer-events",
            Formats.FILE_KEY,
            Formats.TRANSFER_EVENT,
            TopicSettings.keptFor(Duration.ofDays(7)),
            false,
            "Every transfer: who got which bytes, and how it went.");

    public static final Topic<String, NodeReported> NODE_EVENTS = new Topic<>(
            "tftp.node-events",
            Formats.TEXT,
            Formats.NODE_REPORTED,
            TopicSettings.compactedAndKeptFor(Duration.ofDays(7)).withPartitions(1),
            true,
            "What each node says of itself: load, positions, convergence digests; the key is site/node.");

    public static final Topic<String, AuditEvent> AUDIT_EVENTS = new Topic<>(
            "tftp.audit-events",
            Formats.TEXT,
            Formats.AUDIT_EVENT,
            TopicSettings.keptFor(Duration.ofDays(365)),
            true,
            "Who did what through an administrative door; the key is the tenant.");

    public static final Topic<FileKey, FileIndexEntry> FILE_INDEX = new Topic<>(
            "tftp.file-index",
            Formats.FILE_KEY,
            Formats.FILE_INDEX_ENTRY,
            TopicSettings.compacted(),
            false,
            "What the site's fold of all file events says of each file; edge nodes follow it.");

    public static final Topic<String, DigestReport> INDEX_DIGESTS = new Topic<>(
            "tftp.index-digests",
            Formats.TEXT,
            Formats.DIGEST_REPORT,
            TopicSettings.compacted(),
            true,
            "What each partition of the site's index sums up to, bucket by bucket, for other sites to compare with; the"
                    + " key is partition/tenant/bucket, and the record lies in the partition that it speaks of.");

    public static final Topic<Sha256, ContentLocation> CONTENT_LOCATIONS = new Topic<>(
            "tftp.content-locations",
            Formats.SHA_256,
            Formats.CONTENT_LOCATION,
            TopicSettings.compacted(),
            false,
            "Where in this site's Kafka each chunk lies.");

    public static final Topic<String, AlertEvent> ALERTS = new Topic<>(
            "tftp.alerts",
            Formats.TEXT,
            Formats.ALERT_EVENT,
            TopicSettings.keptFor(Duration.ofDays(30)).withPartitions(1),
            true,
            "Conditions that an operator should know of; the key is the rule.");

    public static final Topic<byte[], RejectedRecord> REJECTED = new Topic<>(
            "tftp.rejected",
            Formats.BYTES,
            Formats.REJECTED_RECORD,
            TopicSettings.keptFor(Duration.ofDays(30)),
            false,
            "Records that could not be used, with the reason; the key is the original key.");

    /** The topic that a tenant's publishers produce to. */
    public static Topic<String, byte[]> publish(Tenant tenant) {
        return new Topic<>(
                PUBLISH_PREFIX + tenant,
                Formats.TEXT,
                Formats.BYTES,
                TopicSettings.keptFor(Duration.ofDays(7))
                        .withPartitions(3)
                        .withMaxRecordBytes(PUBLISH_MAX_RECORD_BYTES)
                        .withAppendTime(),
                false,
                "Produce here to publish: the key is the path, the value the bytes of the file.");
    }

    /** The tenant whose publish topic this is, if it is one. */
    public static Optional<Tenant> tenantOf(String publishTopic) {
        String tenant = publishTopic.startsWith(PUBLISH_PREFIX) ? publishTopic.substring(PUBLISH_PREFIX.length()) : "";
        return Tenant.isValid(tenant) ? Optional.of(new Tenant(tenant)) : Optional.empty();
    }

    /** All but the publish topics, which come with their tenants. */
    public static List<Topic<?, ?>> all() {
        return List.of(
                FILE_EVENTS,
                CONTENT,
                CONFIG_EVENTS,
                TRANSFER_EVENTS,
                NODE_EVENTS,
                AUDIT_EVENTS,
                FILE_INDEX,
                INDEX_DIGESTS,
                CONTENT_LOCATIONS,
                ALERTS,
                REJECTED);
    }
}
