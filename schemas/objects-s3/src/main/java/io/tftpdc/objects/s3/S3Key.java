package io.tftpdc.objects.s3;

import io.tftpdc.event.ObjectLocation;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An object of S3: {@code s3://bucket/key}, or {@code s3://bucket/key?versionId=…} where the bucket keeps versions. The key
 * is as it is, with whatever characters it has.
 */
record S3Key(String bucket, String key, Optional<String> version) {
    private static final Pattern LOCATION =
            Pattern.compile("s3://([^/]+)/(.+?)(?:\\?versionId=([A-Za-z0-9._~+/=-]{1,1024}))?", Pattern.DOTALL);

    /** What a bucket without versions says. */
    private static final String NONE = "null";

    /** @throws IllegalArgumentException when it is none */
    static S3Key of(ObjectLocation location) {
        Matcher matcher = LOCATION.matcher(location.uri());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("location is " + location + "; expected s3://bucket/key");
        }
        return new S3Key(matcher.group(1), matcher.group(2), Optional.ofNullable(matcher.group(3)));
    }

    /** The same object in the version that the store says it is. */
    ObjectLocation in(Optional<String> said) {
        String plain = "s3://" + bucket + "/" + key;
        return new ObjectLocation(said.filter(id -> !id.isEmpty() && !id.equals(NONE))
                .map(id -> plain + "?versionId=" + id)
                .orElse(plain));
    }
}
