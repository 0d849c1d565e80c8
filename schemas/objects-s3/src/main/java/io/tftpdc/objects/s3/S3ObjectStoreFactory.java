package io.tftpdc.objects.s3;

import io.tftpdc.objects.ObjectStore;
import io.tftpdc.objects.ObjectStoreConfig;
import io.tftpdc.objects.ObjectStoreFactory;
import java.util.Set;

/** Makes stores of the type {@code s3}. */
public final class S3ObjectStoreFactory implements ObjectStoreFactory {

    @Override
    public String type() {
        return "s3";
    }

    @Override
    public Set<String> options() {
        return Set.of("access-key", "secret-key", "session-token", "anonymous", "region", "endpoint", "path-style");
    }

    @Override
    public ObjectStore create(ObjectStoreConfig config) {
        if (!config.url().startsWith("s3://")) {
            throw new IllegalArgumentException(
                    "`url` is " + config.url() + "; expected s3://bucket/, and the store's address under `endpoint`");
        }
        return new S3ObjectStore(config);
    }
}
