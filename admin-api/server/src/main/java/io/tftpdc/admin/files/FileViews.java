package io.tftpdc.admin.files;

import io.tftpdc.client.FileHistory;
import io.tftpdc.client.FileInfo;
import io.tftpdc.event.EventStamp;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.ObjectLocation;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileRevision;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Index entries as the API tells them. */
final class FileViews {
    private FileViews() {}

    static FileInfo info(FileKey key, FileRevision.Published current) {
        EventStamp stamp = current.stamp();
        return new FileInfo(
                key.tenant().value(),
                key.path().value(),
                current.content().hash().hex(),
                current.content().size(),
                current.contentType(),
                new TreeMap<>(current.labels()),
                time(stamp).toString(),
                stamp.origin().value(),
                current.actor(),
                stamp.toString(),
                current.content().location().map(ObjectLocation::uri).orElse(null),
                links(key));
    }

    static FileHistory history(FileIndexEntry entry) {
        return new FileHistory(
                entry.key().tenant().value(),
                entry.key().path().value(),
                entry.revisions().stream().map(FileViews::revision).toList());
    }

    private static FileHistory.Revision revision(FileRevision revision) {
        EventStamp stamp = revision.stamp();
        String time = time(stamp).toString();
        String origin = stamp.origin().value();
        return switch (revision) {
            case FileRevision.Published published ->
                new FileHistory.Revision(
                        "published",
                        time,
                        origin,
                        published.actor(),
                        published.content().hash().hex(),
                        published.content().size(),
                        published.contentType(),
                        new TreeMap<>(published.labels()),
                        stamp.toString());
            case FileRevision.Removed removed ->
                new FileHistory.Revision(
                        "removed", time, origin, removed.actor(), "", 0, "", Map.of(), stamp.toString());
        };
    }

    static Map<String, String> links(FileKey key) {
        String self = path(key);
        Map<String, String> links = new LinkedHashMap<>();
        links.put("content", self);
        links.put("metadata", self + "?metadata");
        links.put("history", self + "?history");
        return links;
    }

    /** Where the API has the file, percent-encoded. */
    static String path(FileKey key) {
        StringBuilder path = new StringBuilder("/api/v1/tenants/" + key.tenant() + "/files");
        for (String segment : key.path().value().split("/", -1)) {
            path.append('/').append(encode(segment));
        }
        return path.toString();
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static Instant time(EventStamp stamp) {
        return Instant.ofEpochMilli(stamp.time().wallMillis());
    }
}
