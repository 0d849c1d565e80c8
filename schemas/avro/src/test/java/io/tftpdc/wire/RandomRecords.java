package io.tftpdc.wire;

import io.tftpdc.event.AlertEvent;
import io.tftpdc.event.AuditEvent;
import io.tftpdc.event.ConfigEvent;
import io.tftpdc.event.ConfigScope;
import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.NodeReported;
import io.tftpdc.event.RejectedRecord;
import io.tftpdc.event.TransferEvent;
import io.tftpdc.index.IndexDigest;
import io.tftpdc.index.convergence.DigestReport;
import io.tftpdc.property.RandomValues;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A random value for every format that is written in Avro. */
final class RandomRecords {
    private final Random random;
    private final RandomValues values;

    RandomRecords(Random random) {
        this.random = random;
        this.values = new RandomValues(random);
    }

    /** Every Avro format with a source of its values. */
    Map<Format<?>, Supplier<?>> all() {
        return Map.of(
                Formats.FILE_EVENT, () -> values.event(values.key()),
                Formats.DIGEST_REPORT, this::digestReport,
                Formats.FILE_INDEX_ENTRY, () -> values.entry(values.key(), 20),
                Formats.CONTENT_LOCATION, this::contentLocation,
                Formats.REJECTED_RECORD, this::rejectedRecord,
                Formats.TRANSFER_EVENT, this::transferEvent,
                Formats.CONFIG_EVENT, this::configEvent,
                Formats.NODE_REPORTED, this::nodeReported,
                Formats.AUDIT_EVENT, this::auditEvent,
                Formats.ALERT_EVENT, this::alertEvent);
    }

    private DigestReport digestReport() {
        DigestReport.BucketKey bucket = new DigestReport.BucketKey(values.tenant(), random.nextInt(256));
        return switch (random.nextInt(3)) {
            case 0 -> new DigestReport.Alive(values.site(), random.nextInt(), random.nextLong(), random.nextLong());
            case 1 ->
                new DigestReport.Bucket(
                        values.site(),
                        random.nextInt(),
                        random.nextLong(),
                        random.nextLong(),
                        bucket,
                        digest(),
                        digest(),
                        random.nextLong(),
                        random.nextLong());
            default ->
                new DigestReport.Listing(
                        values.site(),
                        random.nextInt(),
                        random.nextLong(),
                        random.nextLong(),
                        bucket,
                        values.many(
                                random.nextInt(5),
                                () -> new DigestReport.Fingerprint(random.nextLong(), random.nextLong())));
        };
    }

    private IndexDigest digest() {
        return new IndexDigest(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    private ContentLocation contentLocation() {
        return new ContentLocation(values.text(), random.nextInt(), random.nextLong(), random.nextInt());
    }

    private RejectedRecord rejectedRecord() {
        return new RejectedRecord(
                values.site(),
                values.text(),
                values.text(),
                random.nextInt(),
                random.nextLong(),
                random.nextLong(),
                bytes(),
                values.many(random.nextInt(3), () -> new RejectedRecord.Header(values.text(), bytes())),
                bytes(),
                random.nextLong(),
                values.text());
    }

    private @Nullable ByteBuffer bytes() {
        return random.nextInt(4) == 0 ? null : ByteBuffer.wrap(values.bytes(100));
    }

    private TransferEvent transferEvent() {
        return new TransferEvent(
                values.envelope(),
                values.text(),
                values.oneOf(List.of("tftp", "http")),
                "2001:db8::1",
                random.nextInt(65536),
                values.tenant(),
                values.text(),
                random.nextBoolean() ? Optional.of(values.hash()) : Optional.empty(),
                values.texts(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                "COMPLETED",
                values.text(),
                values.oneOf(List.of(TransferEvent.READ, TransferEvent.WRITE)));
    }

    private ConfigEvent configEvent() {
        return switch (random.nextInt(4)) {
            case 0 -> new ConfigEvent.UnknownConfigEvent(values.envelope(), "FromTheFuture");
            case 1 -> new ConfigEvent.SiteForgotten(values.envelope(), values.site(), random.nextLong());
            case 2 -> new ConfigEvent.TenantDefined(values.envelope(), values.tenant(), values.text());
            default ->
                new ConfigEvent.SettingChanged(
                        values.envelope(),
                        values.oneOf(List.of(
                                new ConfigScope.All(),
                                new ConfigScope.OfSite(values.site()),
                                new ConfigScope.OfNode(values.site(), "edge-1.lab:7"),
                                new ConfigScope.OfTenant(values.tenant()))),
                        values.text(),
                        random.nextBoolean() ? Optional.of(values.text()) : Optional.empty());
        };
    }

    private NodeReported nodeReported() {
        return new NodeReported(
                values.site(),
                values.text(),
                values.text(),
                "READY",
                random.nextLong(),
                random.nextLong(),
                random.nextInt(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                values.texts(),
                values.many(
                        random.nextInt(3),
                        () -> new NodeReported.Position(
                                values.text(), random.nextInt(), random.nextLong(), random.nextLong())),
                values.text(),
                values.texts(),
                values.site(),
                random.nextInt(),
                values.text(),
                values.text());
    }

    private AuditEvent auditEvent() {
        return new AuditEvent(
                values.envelope(), values.text(), values.text(), values.text(), "OK", values.text(), values.text());
    }

    private AlertEvent alertEvent() {
        return switch (random.nextInt(3)) {
            case 0 -> new AlertEvent.AlertRaised(values.envelope(), values.text(), values.text(), values.text());
            case 1 -> new AlertEvent.AlertCleared(values.envelope(), values.text(), values.text());
            default -> new AlertEvent.UnknownAlert(values.envelope(), values.text(), "AlertFromTheFuture");
        };
    }
}
