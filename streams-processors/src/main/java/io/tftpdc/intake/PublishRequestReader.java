package io.tftpdc.intake;

import static io.tftpdc.intake.RejectReason.BAD_HEADER;
import static io.tftpdc.intake.RejectReason.BAD_OBJECT;
import static io.tftpdc.intake.RejectReason.BAD_PART;
import static io.tftpdc.intake.RejectReason.BAD_PATH;
import static io.tftpdc.intake.RejectReason.BAD_SHA256;
import static io.tftpdc.intake.RejectReason.FILE_TOO_LARGE;
import static io.tftpdc.intake.RejectReason.KEY_NOT_TEXT;
import static io.tftpdc.intake.RejectReason.MISSING_KEY;
import static io.tftpdc.intake.RejectReason.RECORD_TOO_LARGE;

import io.tftpdc.event.DescriptionRule;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.FilePath;
import io.tftpdc.event.RejectedRecord.Header;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.SiteVariant;
import io.tftpdc.event.Tenant;
import io.tftpdc.intake.PublishRequest.Listed;
import io.tftpdc.intake.PublishRequest.Part;
import io.tftpdc.intake.PublishRequest.Removal;
import io.tftpdc.intake.PublishRequest.Unreadable;
import io.tftpdc.intake.PublishRequest.Whole;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads key and headers of a record of a publish topic. Total: whatever the bytes, the answer is a request or the reason
 * why there is none.
 *
 * <p>Header {@code sites}, names with commas between them, makes variants for these sites of the file.
 *
 * <p>Headers: {@code sha256} (of the whole file, hexadecimal), {@code content-type}, {@code label.<name>}; for files of
 * several records {@code upload-id}, {@code part} (from 1) and {@code parts}; for files whose bytes lie in an object those
 * of {@link ListedContent}. Others are left alone; of headers that
 * repeat the last one counts.
 */
final class PublishRequestReader {
    static final String SHA256 = "sha256";
    static final String CONTENT_TYPE = "content-type";
    static final String LABEL_PREFIX = "label.";
    static final String UPLOAD_ID = "upload-id";
    static final String PART = "part";
    static final String PARTS = "parts";
    static final String SITES = "sites";

    static final int MAX_PARTS = 1_000_000;

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    private final IntakeLimits limits;

    PublishRequestReader(IntakeLimits limits) {
        this.limits = limits;
    }

    PublishRequest read(Tenant tenant, byte @Nullable [] key, List<Header> headers, byte @Nullable [] value) {
        try {
            FileKey file = new FileKey(tenant, path(key));
            Map<String, String> texts = ours(headers);
            boolean ofParts = texts.containsKey(UPLOAD_ID) || texts.containsKey(PART) || texts.containsKey(PARTS);
            if (value == null) {
                if (ofParts) {
                    throw new Problem(
                            BAD_PART,
                            "the record has headers of a part but no value; send the part's bytes, or leave the"
                                    + " headers out to remove the file");
                }
                return new Removal(file, sites(file, texts));
            }
            if (value.length > limits.maxRecordBytes()) {
                throw new Problem(
                        RECORD_TOO_LARGE,
                        "the value is " + value.length + " bytes; expected at most " + limits.maxRecordBytes()
                                + " in one record. Cut the file into parts with the headers upload-id, part and"
                                + " parts");
            }
            ByteBuffer body = ByteBuffer.wrap(value).asReadOnlyBuffer();
            FileDescription about = describe(file, texts);
            if (ListedContent.isIn(texts)) {
                return listed(file, texts, about, body, ofParts);
            }
            return ofParts ? part(file, texts, about, body) : new Whole(file, about, body);
        } catch (Problem problem) {
            return new Unreadable(problem.kind, problem.reason);
        }
    }

    private static FilePath path(byte @Nullable [] key) throws Problem {
        if (key == null || key.length == 0) {
            throw new Problem(MISSING_KEY, "the record has no key; produce it with the file's path as its key");
        }
        String text;
        try {
            text = decode(ByteBuffer.wrap(key));
        } catch (CharacterCodingException e) {
            throw new Problem(KEY_NOT_TEXT, "the key is not UTF-8; produce the record with the file's path as its key");
        }
        return switch (FilePath.parse(text)) {
            case FilePath.Parsed.Valid valid -> valid.path();
            case FilePath.Parsed.Invalid invalid -> throw new Problem(BAD_PATH, invalid.reason());
        };
    }

    private static Map<String, String> ours(List<Header> headers) throws Problem {
        Map<String, String> texts = new HashMap<>();
        for (Header header : headers) {
            if (isOurs(header.name())) {
                ByteBuffer value = header.value();
                try {
                    texts.put(header.name(), value == null ? "" : decode(value.duplicate()));
                } catch (CharacterCodingException e) {
                    throw new Problem(BAD_HEADER, "header " + brief(header.name()) + " is not UTF-8; write it as text");
                }
            }
        }
        return texts;
    }

    private static boolean isOurs(String name) {
        return switch (name) {
            case SHA256, CONTENT_TYPE, UPLOAD_ID, PART, PARTS, SITES, ListedContent.LOCATION, ListedContent.SIZE ->
                true;
            default -> name.startsWith(LABEL_PREFIX);
        };
    }

    private static FileDescription describe(FileKey file, Map<String, String> texts) throws Problem {
        String contentType = texts.getOrDefault(CONTENT_TYPE, "").strip();
        Map<String, String> labels = new HashMap<>();
        texts.forEach((name, value) -> {
            if (name.startsWith(LABEL_PREFIX)) {
                labels.put(name.substring(LABEL_PREFIX.length()), value);
            }
        });
        Optional<String> problem = DescriptionRule.problem(contentType, labels);
        if (problem.isPresent()) {
            throw new Problem(BAD_HEADER, problem.get());
        }
        return new FileDescription(declaredHash(texts), contentType, labels, sites(file, texts));
    }

    private static List<SiteName> sites(FileKey file, Map<String, String> texts) throws Problem {
        String written = texts.get(SITES);
        List<SiteName> sites;
        try {
            sites = written == null ? List.of() : SiteVariant.parseSites(written);
        } catch (IllegalArgumentException e) {
            throw new Problem(
                    BAD_HEADER,
                    "header " + SITES + ": " + brief(String.valueOf(e.getMessage()), 300)
                            + ", and commas between several");
        }
        try {
            SiteVariant.names(file.path(), sites);
        } catch (IllegalArgumentException e) {
            throw new Problem(BAD_PATH, String.valueOf(e.getMessage()));
        }
        return sites;
    }

    private static Optional<Sha256> declaredHash(Map<String, String> texts) throws Problem {
        String hex = texts.getOrDefault(SHA256, "").strip();
        if (!texts.containsKey(SHA256)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Sha256.parse(hex));
        } catch (IllegalArgumentException e) {
            throw new Problem(
                    BAD_SHA256,
                    "header sha256 is '" + brief(hex) + "'; expected the 64 hexadecimal digits that sha256sum prints"
                            + " for the whole file, or no such header");
        }
    }

    private Listed listed(
            FileKey key, Map<String, String> texts, FileDescription about, ByteBuffer list, boolean ofParts)
            throws Problem {
        Optional<String> problem = ofParts
                ? Optional.of("there are headers of a part and of an object; expected one of them")
                : ListedContent.problem(texts, about.declaredHash(), list);
        Optional<Sha256> whole = about.declaredHash();
        if (problem.isPresent() || whole.isEmpty()) {
            throw new Problem(BAD_OBJECT, brief(problem.orElse(""), 600));
        }
        FileContent content = ListedContent.content(texts, whole.get(), list);
        Optional<String> tooLarge = limits.tooLarge("the object is " + content.size() + " bytes", content.size());
        if (tooLarge.isPresent()) {
            throw new Problem(FILE_TOO_LARGE, tooLarge.get());
        }
        return new Listed(key, about, content, ListedContent.manifests(list));
    }

    private static Part part(FileKey key, Map<String, String> texts, FileDescription about, ByteBuffer body)
            throws Problem {
        String id = texts.get(UPLOAD_ID);
        if (id == null || !ID.matcher(id).matches()) {
            throw new Problem(
                    BAD_PART,
                    "header upload-id is " + (id == null ? "missing" : "'" + brief(id) + "'")
                            + "; expected the same 1 to 128 of a-z, A-Z, 0-9, '.', '_', ':' and '-' on every part of"
                            + " one upload, such as a UUID");
        }
        int parts = number(PARTS, texts.get(PARTS), MAX_PARTS);
        int part = number(PART, texts.get(PART), parts);
        return new Part(key, id, part, parts, about, body);
    }

    private static int number(String header, @Nullable String text, int max) throws Problem {
        int number = 0;
        if (text != null && text.matches("[0-9]{1,9}")) {
            number = Integer.parseInt(text);
        }
        if (number < 1 || number > max) {
            throw new Problem(
                    BAD_PART,
                    "header " + header + " is " + (text == null ? "missing" : "'" + brief(text) + "'")
                            + "; expected a number from 1 to " + max + ", and upload-id, part and parts together");
        }
        return number;
    }

    private static String decode(ByteBuffer bytes) throws CharacterCodingException {
        // A fresh decoder reports malformed input, where new String(...) would replace it.
        return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    }

    private static String brief(String text) {
        return brief(text, 80);
    }

    private static String brief(String text, int most) {
        StringBuilder printable = new StringBuilder();
        text.chars().limit(most).forEach(c -> printable.append(c < 0x20 || c > 0x7e ? '?' : (char) c));
        return printable.toString();
    }

    /** Leads out of the reading to the one place that makes it a value; has no stack trace to pay for. */
    private static final class Problem extends Exception {
        private final RejectReason kind;
        private final String reason;

        Problem(RejectReason kind, String reason) {
            super(reason, null, false, false);
            this.kind = kind;
            this.reason = reason;
        }
    }
}
