package io.tftpdc.intake;

import io.tftpdc.event.RejectedRecord;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.intake.UploadState.Dropped;
import io.tftpdc.intake.UploadState.Finished;
import io.tftpdc.intake.UploadState.InProgress;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How an upload's state lies in its store: a head, and apart from it the bytes carried over. Each may reach 512 KiB,
 * and a record of the store's changelog topic must stay below 1 MiB. Nobody but the intake reads this.
 *
 * <pre>
 *  0         1
 * +---------+----------------------------------------------
 * | version | kind (0 in progress, 2 dropped, 3 finished)
 * +---------+----------------------------------------------
 * </pre>
 */
final class UploadStateCodec {
    private static final int VERSION = 2;
    /** Without sites. */
    private static final int FIRST_VERSION = 1;

    private static final int IN_PROGRESS = 0;
    private static final int DROPPED = 2;
    private static final int FINISHED = 3;

    private UploadStateCodec() {}

    /** The bytes carried over; empty for a state that has none. */
    static byte[] carry(UploadState state) {
        return switch (state) {
            case InProgress upload -> bytes(upload.content().carry());
            case Finished finished -> new byte[0];
            case Dropped dropped -> new byte[0];
        };
    }

    static byte[] head(UploadState state) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            switch (state) {
                case InProgress upload -> writeInProgress(upload, out);
                case Finished finished -> {
                    out.writeByte(FINISHED);
                    out.writeInt(finished.parts());
                    out.write(finished.whole().bytes());
                    out.write(finished.firstPart().bytes());
                }
                case Dropped dropped -> out.writeByte(DROPPED);
            }
            out.writeLong(state.touchedAtMillis());
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }

    static UploadState read(byte[] head, byte[] carry) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(head))) {
            int version = in.readByte();
            int kind = in.readByte();
            if (version != VERSION && version != FIRST_VERSION) {
                throw new IllegalStateException("upload state of version " + version + "; expected " + VERSION
                        + ". Remove the state directory of the intake to begin anew");
            }
            return switch (kind) {
                case IN_PROGRESS -> readInProgress(in, carry, version > FIRST_VERSION);
                case FINISHED -> new Finished(in.readInt(), readHash(in), readHash(in), in.readLong());
                case DROPPED -> new Dropped(in.readLong());
                default -> throw new IllegalStateException("upload state of kind " + kind);
            };
        } catch (IOException e) {
            throw new UncheckedIOException("upload state ends early", e);
        }
    }

    private static void writeInProgress(InProgress upload, DataOutputStream out) throws IOException {
        out.writeByte(IN_PROGRESS);
        out.writeInt(upload.parts());
        out.writeInt(upload.received());
        FileDescription about = upload.about();
        out.writeBoolean(about.declaredHash().isPresent());
        if (about.declaredHash().isPresent()) {
            out.write(about.declaredHash().get().bytes());
        }
        out.writeUTF(about.contentType());
        out.writeInt(about.labels().size());
        for (Map.Entry<String, String> label : about.labels().entrySet()) {
            out.writeUTF(label.getKey());
            out.writeUTF(label.getValue());
        }
        out.writeInt(about.sites().size());
        for (SiteName site : about.sites()) {
            out.writeUTF(site.value());
        }
        ContentSoFar content = upload.content();
        out.writeInt(content.chunkSize());
        out.writeLong(content.size());
        writeHashes(content.manifests(), out);
        writeHashes(content.hashes(), out);
        byte[] running = upload.running().encoded();
        out.writeInt(running.length);
        out.write(running);
        out.write(upload.firstPart().bytes());
        RejectedRecord.Origin origin = upload.lastPart();
        out.writeUTF(origin.topic());
        out.writeInt(origin.partition());
        out.writeLong(origin.offset());
        out.writeLong(origin.timestampMillis());
    }

    private static InProgress readInProgress(DataInputStream in, byte[] carry, boolean withSites) throws IOException {
        int parts = in.readInt();
        int received = in.readInt();
        Optional<Sha256> declared = in.readBoolean() ? Optional.of(readHash(in)) : Optional.empty();
        String contentType = in.readUTF();
        Map<String, String> labels = new HashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            labels.put(in.readUTF(), in.readUTF());
        }
        List<SiteName> sites = new ArrayList<>();
        for (int left = withSites ? in.readInt() : 0; left > 0; left--) {
            sites.add(new SiteName(in.readUTF()));
        }
        int chunkSize = in.readInt();
        long size = in.readLong();
        List<Sha256> manifests = readHashes(in);
        List<Sha256> hashes = readHashes(in);
        byte[] running = in.readNBytes(in.readInt());
        Sha256 firstPart = readHash(in);
        RejectedRecord.Origin origin =
                new RejectedRecord.Origin(in.readUTF(), in.readInt(), in.readLong(), in.readLong());
        return new InProgress(
                parts,
                received,
                new FileDescription(declared, contentType, labels, sites),
                new ContentSoFar(chunkSize, size, manifests, hashes, ByteBuffer.wrap(carry)),
                new RunningSha256(ByteBuffer.wrap(running)),
                firstPart,
                origin,
                in.readLong());
    }

    private static void writeHashes(List<Sha256> hashes, DataOutputStream out) throws IOException {
        out.writeInt(hashes.size());
        for (Sha256 hash : hashes) {
            out.write(hash.bytes());
        }
    }

    private static List<Sha256> readHashes(DataInputStream in) throws IOException {
        int count = in.readInt();
        List<Sha256> hashes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            hashes.add(readHash(in));
        }
        return hashes;
    }

    private static Sha256 readHash(DataInputStream in) throws IOException {
        return Sha256.ofDigest(in.readNBytes(Sha256.BYTES));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
