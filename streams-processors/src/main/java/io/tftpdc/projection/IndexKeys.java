package io.tftpdc.projection;

import io.tftpdc.event.FileKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.common.utils.Bytes;

/**
 * Keys of the store {@code file-index}: {@code tenant/path} in UTF-8, as in the topics. Their byte order lists a tenant,
 * and below it a folder, in one scan.
 */
public final class IndexKeys {
    private IndexKeys() {}

    public static Bytes of(FileKey key) {
        return of(key.toString());
    }

    public static Bytes of(String text) {
        return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    public static FileKey parse(Bytes key) {
        return FileKey.parse(new String(key.get(), StandardCharsets.UTF_8));
    }

    /** The smallest key that is greater. */
    public static Bytes justAfter(Bytes key) {
        return Bytes.wrap(Arrays.copyOf(key.get(), key.get().length + 1));
    }
}
