package io.tftpdc.objects.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.event.ObjectLocation;
import io.tftpdc.objects.ObjectStoreConfig;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class S3KeyTest {

    @Test
    void aKeyIsTakenWithAllItsCharacters() {
        S3Key key = S3Key.of(new ObjectLocation("s3://firmware/a b/ü?x=1%20.bin"));

        assertThat(key).isEqualTo(new S3Key("firmware", "a b/ü?x=1%20.bin", Optional.empty()));
        assertThat(key.in(Optional.empty())).isEqualTo(new ObjectLocation("s3://firmware/a b/ü?x=1%20.bin"));
    }

    @Test
    void aVersionIsPartOfTheLocation() {
        ObjectLocation written = new S3Key("b", "k", Optional.empty()).in(Optional.of("3HL4kqtJvjVBH40N.r_j~"));

        assertThat(written.uri()).isEqualTo("s3://b/k?versionId=3HL4kqtJvjVBH40N.r_j~");
        assertThat(S3Key.of(written)).isEqualTo(new S3Key("b", "k", Optional.of("3HL4kqtJvjVBH40N.r_j~")));
        assertThat(new S3Key("b", "k", Optional.empty()).in(Optional.of("null")).uri())
                .isEqualTo("s3://b/k");
    }

    @Test
    void whatIsNoKeyIsRefused() {
        assertThatThrownBy(() -> S3Key.of(new ObjectLocation("s3://b/"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new S3ObjectStoreFactory().create(ObjectStoreConfig.of("web", "https://h/")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("endpoint");
    }
}
