package io.tftpdc.objects.s3;

import io.tftpdc.event.ObjectLocation;
import io.tftpdc.objects.ObjectInfo;
import io.tftpdc.objects.ObjectStore;
import io.tftpdc.objects.ObjectStoreConfig;
import io.tftpdc.objects.ObjectStoreException;
import io.tftpdc.objects.ObjectStoreException.Kind;
import io.tftpdc.runtime.Secret;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Reads objects with AWS's client. It needs the right {@code s3:GetObject} below the store's URL, and
 * {@code s3:GetObjectVersion} where the bucket keeps versions; nothing else, and never one to write.
 */
final class S3ObjectStore implements ObjectStore {
    /** For endpoints of other makers, which have no regions but want one in the signature. */
    private static final String ANY_REGION = "us-east-1";

    private static final String WEAK = "W/";

    /** Before a date, where there is no ETag that binds. */
    private static final String SINCE = "unmodified since ";

    private final ObjectStoreConfig config;
    private final S3Client client;

    S3ObjectStore(ObjectStoreConfig config) {
        this.config = config;
        S3ClientBuilder builder = S3Client.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(config.timeout())
                        .socketTimeout(config.timeout()))
                .credentialsProvider(credentials(config))
                .forcePathStyle(config.pathStyle())
                // What is read is checked by the hash that the event names; others' stores know none of these
                // checksums.
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry())
                        .apiCallTimeout(config.timeout())
                        .apiCallAttemptTimeout(config.timeout()));
        config.endpoint().ifPresent(builder::endpointOverride);
        config.region()
                .or(() -> config.endpoint().map(endpoint -> ANY_REGION))
                .ifPresent(region -> builder.region(Region.of(region)));
        try {
            this.client = builder.build();
        } catch (SdkClientException e) {
            throw new IllegalArgumentException(
                    "S3's client does not take this configuration: " + e.getMessage()
                            + " Give the bucket's `region`, or the `endpoint` of another store",
                    e);
        }
    }

    private static AwsCredentialsProvider credentials(ObjectStoreConfig config) {
        if (config.anonymous()) {
            return AnonymousCredentialsProvider.create();
        }
        Optional<AwsCredentials> key = config.accessKey().flatMap(access -> config.secretKey()
                .map(secret -> credentials(access, secret, config.sessionToken())));
        return key.<AwsCredentialsProvider>map(StaticCredentialsProvider::create)
                .orElseGet(() -> DefaultCredentialsProvider.builder().build());
    }

    private static AwsCredentials credentials(Secret access, Secret secret, Optional<Secret> session) {
        return session.<AwsCredentials>map(
                        token -> AwsSessionCredentials.create(access.reveal(), secret.reveal(), token.reveal()))
                .orElseGet(() -> AwsBasicCredentials.create(access.reveal(), secret.reveal()));
    }

    @Override
    public ObjectInfo describe(ObjectLocation object) throws ObjectStoreException {
        S3Key key = key(object);
        return call(object, () -> {
            HeadObjectResponse head = client.headObject(request -> request.bucket(key.bucket())
                    .key(key.key())
                    .versionId(key.version().orElse(null)));
            return new ObjectInfo(
                    key.in(Optional.ofNullable(head.versionId()).or(key::version)),
                    head.contentLength(),
                    tag(head.eTag(), head.lastModified()));
        });
    }

    /** A weak ETag does not promise the same bytes and never matches (RFC 9110 section 13.1.1); then its date has to do. */
    private static Optional<String> tag(@Nullable String eTag, @Nullable Instant lastModified) {
        return Optional.ofNullable(eTag).filter(tag -> !tag.startsWith(WEAK)).or(() -> Optional.ofNullable(lastModified)
                .map(date -> SINCE + date));
    }

    /**
     * Whether an answer says that it is of another version: there are endpoints that do not look at the condition, and to
     * those that do an object with an older date is unmodified.
     */
    private static boolean contradicts(String tag, GetObjectResponse answer) {
        String date = answer.lastModified() == null ? tag : SINCE + answer.lastModified();
        String eTag = answer.eTag() == null ? tag : answer.eTag();
        return !tag.equals(tag.startsWith(SINCE) ? date : eTag);
    }

    @Override
    public byte[] read(ObjectLocation object, long offset, int length, Optional<String> unchanged)
            throws ObjectStoreException {
        S3Key key = key(object);
        AtomicReference<@Nullable GetObjectResponse> answer = new AtomicReference<>();
        byte[] bytes = call(object, () -> {
            GetObjectRequest.Builder request = GetObjectRequest.builder()
                    .bucket(key.bucket())
                    .key(key.key())
                    .versionId(key.version().orElse(null))
                    .range("bytes=" + offset + "-" + (offset + length - 1));
            unchanged.ifPresent(tag -> {
                if (tag.startsWith(SINCE)) {
                    request.ifUnmodifiedSince(Instant.parse(tag.substring(SINCE.length())));
                } else {
                    request.ifMatch(tag);
                }
            });
            return client.getObject(request.build(), (response, body) -> {
                answer.set(response);
                byte[] read = body.readNBytes(length);
                body.abort(); // does nothing where all was read
                return read;
            });
        });
        @Nullable GetObjectResponse head = answer.get();
        @Nullable String given = head == null ? null : head.contentRange();
        if (given == null || !given.startsWith("bytes " + offset + "-")) {
            throw new ObjectStoreException(
                    Kind.UNSUPPORTED,
                    config.name(),
                    object,
                    given == null ? 200 : 206,
                    "the answer is the range '" + given + "'; expected one from byte " + offset
                            + " on. Check that the endpoint, and what is in front of it, answers ranges");
        }
        if (head != null && unchanged.filter(tag -> contradicts(tag, head)).isPresent()) {
            throw new ObjectStoreException(
                    Kind.CHANGED,
                    config.name(),
                    object,
                    206,
                    "it is not the version that was asked for; publish the file again");
        }
        if (bytes.length != length) {
            throw new ObjectStoreException(
                    Kind.CHANGED,
                    config.name(),
                    object,
                    206,
                    "it has only " + bytes.length + " of the " + length + " bytes from " + offset
                            + " on that were published; publish the file again");
        }
        return bytes;
    }

    private S3Key key(ObjectLocation object) throws ObjectStoreException {
        try {
            return S3Key.of(object);
        } catch (IllegalArgumentException e) {
            throw new ObjectStoreException(
                    Kind.UNSUPPORTED, config.name(), object, 0, "this is no object of S3; expected s3://bucket/key");
        }
    }

    private interface Call<T> {
        T run() throws IOException;
    }

    private <T> T call(ObjectLocation object, Call<T> call) throws ObjectStoreException {
        try {
            return call.run();
        } catch (AwsServiceException e) {
            throw refused(object, e);
        } catch (ApiCallTimeoutException | ApiCallAttemptTimeoutException e) {
            throw unavailable(
                    object, "no whole answer came within " + config.timeout().toMillis() + " ms");
        } catch (AbortedException e) {
            throw unavailable(object, "interrupted while waiting for its answer");
        } catch (SdkException | IOException e) {
            throw unavailable(object, "it cannot be asked: " + e.getMessage());
        }
    }

    private ObjectStoreException unavailable(ObjectLocation object, String problem) {
        return new ObjectStoreException(
                Kind.UNAVAILABLE,
                config.name(),
                object,
                0,
                problem + "; check that this node reaches the store and has credentials for it");
    }

    private ObjectStoreException refused(ObjectLocation object, AwsServiceException answer) {
        Kind kind = ObjectStoreException.kindOf(answer.statusCode());
        String fix =
                switch (kind) {
                    case REFUSED ->
                        "give this store's access key the right s3:GetObject (and s3:GetObjectVersion where the"
                                + " bucket keeps versions). Without s3:ListBucket a missing object is refused, too";
                    case MISSING -> "publish the file again from where it is now";
                    case CHANGED -> "it is not the object that was published any more; publish the file again";
                    case UNAVAILABLE -> "the store cannot answer now";
                    case UNSUPPORTED, UNCONFIGURED -> "check bucket, region and endpoint";
                };
        String code = answer.awsErrorDetails() == null
                ? ""
                : String.valueOf(answer.awsErrorDetails().errorCode());
        return new ObjectStoreException(
                kind, config.name(), object, answer.statusCode(), code + (code.isEmpty() ? "" : "; ") + fix);
    }

    @Override
    public void close() {
        client.close();
    }
}
