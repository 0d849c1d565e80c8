package io.tftpdc.objects.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.event.ObjectLocation;
import io.tftpdc.event.Tenant;
import io.tftpdc.objects.ObjectStoreConfig;
import io.tftpdc.objects.ObjectStoreException.Kind;
import io.tftpdc.objects.ObjectStores;
import io.tftpdc.objects.testing.ObjectStoreKit;
import io.tftpdc.objects.testing.RangeServer;
import io.tftpdc.runtime.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;

/** Against S3Mock; where it is too kind, against a server that refuses as S3 does. */
class S3ObjectStoreIT extends ObjectStoreKit {
    private static final String ACCESS_DENIED =
            "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";

    @TempDir
    private static Path directory;

    private static S3Mock mock;
    private static RangeServer refusing;
    private static S3Client client;

    @BeforeAll
    static void start() throws IOException {
        mock = S3Mock.start(directory.resolve("s3"), "firmware,versions");
        client = S3Client.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .endpointOverride(mock.endpoint())
                .forcePathStyle(true)
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "key")))
                .build();
        client.putBucketVersioning(request -> request.bucket("versions")
                .versioningConfiguration(versioning -> versioning.status(BucketVersioningStatus.ENABLED)));
        refusing = RangeServer.start();
        refusing.makeTrouble(exchange -> {
            byte[] body = ACCESS_DENIED.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/xml");
            exchange.sendResponseHeaders(403, exchange.getRequestMethod().equals("HEAD") ? -1 : body.length);
            if (!exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseBody().write(body);
            }
            return true;
        });
    }

    @AfterAll
    static void stop() {
        if (client != null) {
            client.close();
        }
        if (refusing != null) {
            refusing.close();
        }
        if (mock != null) {
            mock.close();
        }
    }

    @Override
    protected void put(String key, byte[] bytes) {
        client.putObject(request -> request.bucket("firmware").key(key), RequestBody.fromBytes(bytes));
    }

    @Override
    protected ObjectStoreConfig config() {
        return config("s3://firmware/", mock.endpoint());
    }

    @Override
    protected ObjectStoreConfig withoutRights() {
        return config("s3://firmware/", URI.create(refusing.url()));
    }

    @SuppressWarnings("NullAway") // the constructor puts defaults in place of nulls
    private static ObjectStoreConfig config(String url, URI endpoint) {
        return new ObjectStoreConfig(
                "tested",
                url,
                null,
                null,
                null,
                null,
                Optional.of(Secret.of("id")),
                Optional.of(Secret.of("key")),
                null,
                null,
                null,
                Optional.of(endpoint),
                null,
                null,
                null);
    }

    @Test
    void whatIsPublishedIsAVersionWhereTheBucketKeepsThem() throws IOException {
        byte[] first = bytes(1_000);
        client.putObject(request -> request.bucket("versions").key("x"), RequestBody.fromBytes(first));
        try (ObjectStores stores = ObjectStores.open(List.of(config("s3://versions/", mock.endpoint())))) {
            ObjectLocation published = stores.open(Tenant.DEFAULT, new ObjectLocation("s3://versions/x"))
                    .info()
                    .location();
            client.putObject(request -> request.bucket("versions").key("x"), RequestBody.fromBytes(bytes(999)));

            assertThat(published.uri()).startsWith("s3://versions/x?versionId=");
            assertThat(ObjectLocation.problem(published.uri())).isEmpty();
            assertThat(stores.read(published, 0, 1_000)).isEqualTo(first);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = RangeServer.Versions.class,
            names = {"BY_WEAK_TAG_AND_DATE", "BY_WEAK_TAG_AND_DATE_UNHEEDED"})
    void withAWeakTagTheDateIsWhatBinds(RangeServer.Versions how) throws IOException {
        byte[] bytes = bytes(1_000);
        try (RangeServer weak = RangeServer.start();
                ObjectStores stores = ObjectStores.open(List.of(config("s3://firmware/", URI.create(weak.url()))))) {
            weak.tellVersions(how);
            weak.put("firmware/x", bytes);
            ObjectLocation object = new ObjectLocation("s3://firmware/x");
            assertThat(stores.open(Tenant.DEFAULT, object).bytes().readAllBytes())
                    .isEqualTo(bytes);
            ObjectStores.Opened opened = stores.open(Tenant.DEFAULT, object);
            weak.put("firmware/x", bytes(2_000));

            fails(Kind.CHANGED, () -> opened.bytes().readAllBytes());
        }
    }

    @Test
    void keysHaveAllSortsOfCharacters() throws IOException {
        byte[] bytes = bytes(100);
        put("x200 (beta)/größe+1%20.bin", bytes);
        try (ObjectStores stores = ObjectStores.open(List.of(config()))) {
            assertThat(stores.read(new ObjectLocation("s3://firmware/x200 (beta)/größe+1%20.bin"), 0, 100))
                    .isEqualTo(bytes);
        }
    }

    @Test
    void aBucketThatIsNotThereIsMissing() {
        try (ObjectStores stores = ObjectStores.open(List.of(config("s3://nowhere/", mock.endpoint())))) {
            fails(Kind.MISSING, () -> stores.read(new ObjectLocation("s3://nowhere/x"), 0, 10));
        }
    }

    @Test
    void aStoreThatIsAwayIsUnavailable() {
        try (ObjectStores stores =
                ObjectStores.open(List.of(config("s3://firmware/", URI.create("http://127.0.0.1:1"))))) {
            fails(Kind.UNAVAILABLE, () -> stores.read(new ObjectLocation("s3://firmware/x"), 0, 10));
        }
    }
}
