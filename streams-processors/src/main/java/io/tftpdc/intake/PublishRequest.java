package io.tftpdc.intake;

import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.SiteVariant;
import java.nio.ByteBuffer;
import java.util.List;

/** What one record of a publish topic asks for, once its key and headers are read. */
sealed interface PublishRequest {

    /** The value is the whole file. */
    record Whole(FileKey key, FileDescription about, ByteBuffer body) implements PublishRequest {}

    /** The value lists the chunks of an object, which stays where it is. */
    record Listed(FileKey key, FileDescription about, FileContent content, List<Chunk> manifests)
            implements PublishRequest {
        public Listed {
            manifests = List.copyOf(manifests);
        }
    }

    /**
     * The value is one part of a larger file.
     *
     * @param part its number, from 1
     * @param parts how many there are
     */
    record Part(FileKey key, String uploadId, int part, int parts, FileDescription about, ByteBuffer body)
            implements PublishRequest {

        /** Names the upload within this site. */
        UploadId id() {
            return new UploadId(key, uploadId);
        }
    }

    /** There is no value: take the file away, or its variants for these sites. */
    record Removal(FileKey key, List<SiteName> sites) implements PublishRequest {
        public Removal {
            sites = List.copyOf(sites);
        }
    }

    /** The files that a request for some sites, or for all when there are none, is about. */
    static List<FileKey> targets(FileKey key, List<SiteName> sites) {
        return SiteVariant.names(key.path(), sites).stream()
                .map(name -> new FileKey(key.tenant(), name))
                .toList();
    }

    /** @param reason what was found, what was expected and what to do */
    record Unreadable(RejectReason kind, String reason) implements PublishRequest {}

    /**
     * An upload: several records that make one file. Producers choose the id; different files may use the same one.
     */
    record UploadId(FileKey key, String id) {}
}
