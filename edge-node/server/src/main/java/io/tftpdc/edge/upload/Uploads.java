package io.tftpdc.edge.upload;

import io.tftpdc.event.FileKey;
import io.tftpdc.tftp.packet.ErrorCode;
import java.net.InetSocketAddress;
import java.util.OptionalLong;

/** Decides whether a client may upload a file, and where the bytes go. Called on an event loop: must not block. */
public interface Uploads {

    /** Takes none. */
    Uploads NONE = (client, key, announcedSize) -> new Opening.Refused(UploadResult.Refused.notAllowed(
            ErrorCode.ACCESS_VIOLATION,
            "uploads are not permitted on this server; its operator permits them with uploads.rules in"
                    + " edge.yaml"));

    /**
     * Asks for one upload.
     *
     * @param client the endpoint the request came from; its address may decide access
     * @param key the file to be written: the tenant that the client belongs to, and the path that its name stands for
     * @param announcedSize bytes of content that will come, where the client said so (tsize, RFC 2349)
     */
    Opening open(InetSocketAddress client, FileKey key, OptionalLong announcedSize);

    /** Whether an upload may begin. */
    sealed interface Opening {

        /** It may; the caller owns the sink and ends it with {@link UploadSink#commit} or {@link UploadSink#abort}. */
        record Accepted(UploadSink sink) implements Opening {}

        /** It may not. */
        record Refused(UploadResult.Refused why) implements Opening {}

        /** As many run as may; the request is dropped, and the client, hearing nothing, asks again. */
        record Busy() implements Opening {}
    }
}
