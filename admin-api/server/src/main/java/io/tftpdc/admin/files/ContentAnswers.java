package io.tftpdc.admin.files;

import io.tftpdc.admin.http.Problem;
import io.tftpdc.client.ContentReader;
import io.tftpdc.event.FileContent;
import io.tftpdc.index.FileRevision;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Base64;
import java.util.Date;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Answers that carry a version's bytes: conditions, ranges and a stream in constant memory. */
public final class ContentAnswers {
    private static final int COPY_BYTES = 1 << 16;
    /** A token (RFC 9110 section 5.6.2); other names of labels cannot be a header. */
    private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

    private final ContentReader reader;

    public ContentAnswers(ContentReader reader) {
        this.reader = reader;
    }

    /** @param ifRange the range counts only if the version is still this one */
    Response get(
            FileRevision.Published version, Request request, @Nullable String rangeHeader, Optional<String> ifRange)
            throws IOException {
        Response.ResponseBuilder unchanged = preconditions(version, request);
        if (unchanged != null) {
            return described(unchanged, version).build();
        }
        FileContent content = version.content();
        boolean ranged = ifRange.isEmpty() || ifRange.get().equals("\"" + content.hash() + "\"");
        return switch (ByteRange.parse(ranged ? rangeHeader : null, content.size())) {
            case ByteRange.Whole whole ->
                body(Response.ok(), version, 0, content.size()).build();
            case ByteRange.Part part ->
                body(Response.status(206), version, part.offset(), part.length())
                        .header("Content-Range", part.contentRange(content.size()))
                        .build();
            case ByteRange.Unsatisfiable unsatisfiable ->
                Response.status(416)
                        .header("Content-Range", "bytes */" + content.size())
                        .type(Problem.MEDIA_TYPE)
                        .entity(Problem.of(
                                416,
                                "range-beyond-end",
                                "Range is '" + rangeHeader + "'; the file has " + content.size() + " bytes",
                                "Ask for a range within the file"))
                        .build();
        };
    }

    Response head(FileRevision.Published version, Request request) {
        Response.ResponseBuilder unchanged = preconditions(version, request);
        return unchanged != null
                ? described(unchanged, version).build()
                : described(Response.ok(), version)
                        .header(HttpHeaders.CONTENT_LENGTH, version.content().size())
                        .build();
    }

    private static Response.@Nullable ResponseBuilder preconditions(FileRevision.Published version, Request request) {
        return request.evaluatePreconditions(
                Date.from(FileViews.time(version.stamp())),
                new EntityTag(version.content().hash().hex()));
    }

    private Response.ResponseBuilder body(
            Response.ResponseBuilder answer, FileRevision.Published version, long offset, long length)
            throws IOException {
        PushbackInputStream bytes = new PushbackInputStream(reader.open(version.content(), offset, length));
        // The first chunk is fetched before anything is answered, so that a failure can still be told.
        int first = bytes.read();
        if (first >= 0) {
            bytes.unread(first);
        }
        StreamingOutput copying = to -> {
            try (InputStream from = bytes) {
                byte[] buffer = new byte[COPY_BYTES];
                for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                    to.write(buffer, 0, count);
                }
            }
        };
        return described(answer, version)
                .header(HttpHeaders.CONTENT_LENGTH, length)
                .entity(copying);
    }

    /** Headers that tell of the version; names of tenants' own types are never run by a browser in our name. */
    private static Response.ResponseBuilder described(Response.ResponseBuilder answer, FileRevision.Published version) {
        String hash = version.content().hash().hex();
        version.labels().forEach((name, value) -> {
            if (HEADER_NAME.matcher(name).matches()) {
                answer.header("X-Label-" + name, FileViews.encode(value));
            }
        });
        return answer.type(mediaType(version.contentType()))
                .header("Accept-Ranges", "bytes")
                .tag(new EntityTag(hash))
                .lastModified(Date.from(FileViews.time(version.stamp())))
                .header(PublishHeaders.HASH, hash)
                .header(
                        "Repr-Digest",
                        "sha-256=:"
                                + Base64.getEncoder()
                                        .encodeToString(version.content().hash().bytes())
                                + ":")
                .header("X-Content-Type-Options", "nosniff")
                .header("Content-Security-Policy", "sandbox");
    }

    private static MediaType mediaType(String contentType) {
        try {
            return contentType.isEmpty() ? MediaType.APPLICATION_OCTET_STREAM_TYPE : MediaType.valueOf(contentType);
        } catch (IllegalArgumentException e) {
            // Producers of records may write anything there.
            return MediaType.APPLICATION_OCTET_STREAM_TYPE;
        }
    }
}
