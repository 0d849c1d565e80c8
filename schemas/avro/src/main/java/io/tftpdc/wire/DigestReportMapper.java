package io.tftpdc.wire;

import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.index.IndexDigest;
import io.tftpdc.index.convergence.DigestReport;
import io.tftpdc.index.convergence.DigestReport.BucketKey;
import io.tftpdc.index.convergence.DigestReport.Fingerprint;
import io.tftpdc.index.convergence.DigestReport.Listing;
import io.tftpdc.wire.avro.BucketDigest;
import io.tftpdc.wire.avro.BucketListing;
import io.tftpdc.wire.avro.DigestReported;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

final class DigestReportMapper implements AvroMapper<DigestReport, DigestReported> {
    private static final int FINGERPRINT_BYTES = 2 * Long.BYTES;

    @Override
    public Schema schema() {
        return DigestReported.getClassSchema();
    }

    @Override
    public DigestReported toAvro(DigestReport report) {
        DigestReported.Builder record = DigestReported.newBuilder()
                .setSite(report.site().value())
                .setPartition(report.partition())
                .setIncarnation(report.incarnation())
                .setReportedAtMillis(report.atMillis());
        return switch (report) {
            case DigestReport.Alive alive -> record.build();
            case DigestReport.Bucket bucket ->
                record.setBucket(new BucketDigest(
                                bucket.bucket().tenant().value(),
                                bucket.bucket().number(),
                                fixed(bucket.digest()),
                                fixed(bucket.history()),
                                bucket.files(),
                                bucket.conflicts()))
                        .build();
            case Listing listing ->
                record.setListing(new BucketListing(
                                listing.bucket().tenant().value(),
                                listing.bucket().number(),
                                bytes(listing.entries())))
                        .build();
        };
    }

    @Override
    public DigestReport fromAvro(DigestReported written) {
        SiteName site = new SiteName(written.getSite());
        int partition = written.getPartition();
        long incarnation = written.getIncarnation();
        long at = written.getReportedAtMillis();
        BucketDigest bucket = written.getBucket();
        if (bucket != null) {
            return new DigestReport.Bucket(
                    site,
                    partition,
                    incarnation,
                    at,
                    new BucketKey(new Tenant(bucket.getTenant()), bucket.getNumber()),
                    digest(bucket.getDigest()),
                    digest(bucket.getHistory()),
                    bucket.getFiles(),
                    bucket.getConflicts());
        }
        BucketListing listing = written.getListing();
        return listing == null
                ? new DigestReport.Alive(site, partition, incarnation, at)
                : new Listing(
                        site,
                        partition,
                        incarnation,
                        at,
                        new BucketKey(new Tenant(listing.getTenant()), listing.getNumber()),
                        fingerprints(listing.getEntries()));
    }

    private static ByteBuffer bytes(List<Fingerprint> entries) {
        ByteBuffer bytes = ByteBuffer.allocate(entries.size() * FINGERPRINT_BYTES);
        entries.forEach(entry -> bytes.putLong(entry.path()).putLong(entry.history()));
        return bytes.flip();
    }

    private static List<Fingerprint> fingerprints(ByteBuffer bytes) {
        ByteBuffer in = bytes.duplicate();
        if (in.remaining() % FINGERPRINT_BYTES != 0) {
            throw new IllegalArgumentException("the listing of a bucket has " + in.remaining()
                    + " bytes; expected a multiple of " + FINGERPRINT_BYTES);
        }
        List<Fingerprint> entries = new ArrayList<>(in.remaining() / FINGERPRINT_BYTES);
        while (in.hasRemaining()) {
            entries.add(new Fingerprint(in.getLong(), in.getLong()));
        }
        return entries;
    }

    private static io.tftpdc.wire.avro.Sha256 fixed(IndexDigest digest) {
        return new io.tftpdc.wire.avro.Sha256(new Sha256(digest.a(), digest.b(), digest.c(), digest.d()).bytes());
    }

    private static IndexDigest digest(io.tftpdc.wire.avro.Sha256 written) {
        Sha256 lanes = Sha256.ofDigest(written.bytes());
        return new IndexDigest(lanes.a(), lanes.b(), lanes.c(), lanes.d());
    }
}
