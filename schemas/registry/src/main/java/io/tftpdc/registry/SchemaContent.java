package io.tftpdc.registry;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * What a schema says, apart from where it is registered; its id follows from it.
 *
 * <p>The canonical JSON is the schema as Avro prints it, on one line, followed by the references if there are any.
 * Documentation, aliases and defaults are part of it: they matter to readers. The id is the first 31 bits of its
 * SHA-256, so every site gives a schema the same id without asking the others, and a record that was mirrored from
 * another site can be read with the local registry.
 *
 * @param text the schema as JSON, as Avro prints it
 * @param references the types it uses from elsewhere
 */
public record SchemaContent(String text, List<SchemaReference> references) {

    public SchemaContent {
        references = List.copyOf(references);
    }

    /** SHA-256 of the canonical JSON in hexadecimal: equal exactly for schemas that say the same. */
    public String fingerprint() {
        return HexFormat.of().formatHex(sha256(canonicalJson()));
    }

    /** The id of this content, 1 to 2^31 - 1. */
    public int id() {
        return idOf(sha256(canonicalJson()));
    }

    static int idOf(byte[] sha256) {
        int first31Bits = ByteBuffer.wrap(sha256).getInt() >>> 1;
        return first31Bits == 0 ? 1 : first31Bits; // clients take 0 and negative numbers for "no id"
    }

    private String canonicalJson() {
        StringBuilder json = new StringBuilder(text);
        for (SchemaReference r : references) {
            json.append('\n')
                    .append(r.name())
                    .append('\n')
                    .append(r.subject())
                    .append('\n')
                    .append(r.version());
        }
        return json.toString();
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256", e);
        }
    }
}
