package io.tftpdc.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectLocationTest {

    @ParameterizedTest
    @CsvSource({
        "s3://firmware/x200/image.bin, s3://firmware",
        "https://h:8443/x?key=s3cret, https://h:8443",
        "https://anna:s3cret@h/x, https://h",
        "https://anna:s3cret@/x, a place that is no address",
        "https://h?key=s3cret, https://h",
        "s3cret, a place that is no address"
    })
    void itsOriginHasNoSecret(String location, String origin) {
        assertThat(new ObjectLocation(location).origin()).isEqualTo(origin);
    }

    @Test
    void itsOriginIsShort() {
        assertThat(new ObjectLocation("https://" + "h".repeat(2_000) + "/x").origin())
                .hasSize(120);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3://firmware/x200/image 1.2 (beta).bin",
                "s3://firmware/größe.bin",
                "s3://firmware/image.bin?versionId=3HL4kqtJvjVBH40Nrjfkd",
                "https://images.example.com/x200/image.bin",
                "https://account.blob.core.windows.net/firmware/image.bin?snapshot=2026-11-01T00:00:00Z",
                "http://192.0.2.7:8080/image.bin",
                "ceph+rgw://pool/name..with...dots"
            })
    void whatNamesAnObjectIsTaken(String text) {
        assertThat(ObjectLocation.problem(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "image.bin",
                "/image.bin",
                "S3://b/k",
                "s3:/b/k",
                "s3://",
                "s3://b",
                "s3://b/",
                "s3:///k",
                "s3://b/a\nb"
            })
    void whatNamesNoneIsToldWhatIsExpected(String text) {
        assertThat(ObjectLocation.problem(text))
                .hasValueSatisfying(
                        reason -> assertThat(reason).contains("s3://bucket/key").doesNotContain("\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://anna:secret@images.example.com/image.bin",
                "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=abc",
                "https://account.blob.core.windows.net/c/b?sv=2024-11-04&SIG=abc",
                "https://storage.googleapis.com/b/k?X-Goog-Signature=abc",
                "https://images.example.com/image.bin?access_token=abc"
            })
    void aCredentialIsNotTakenNorRepeated(String text) {
        assertThat(ObjectLocation.problem(text)).hasValueSatisfying(reason -> assertThat(reason)
                .contains("events are kept for ever")
                .contains("object-stores")
                .doesNotContain("secret")
                .doesNotContain("abc"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://h/public/../private/x",
                "https://h/public/%2E%2e/private/x",
                "https://h/public/..%2Fprivate/x",
                "https://h/public/..%5cprivate/x",
                "https://h/public/..;a=b/private/x",
                "https://h/public/./x",
                "https://h/public\\..\\private/x",
                "s3://b/public/../private",
                "https://h/x#part"
            })
    void aDetourIsNotTaken(String text) {
        assertThat(ObjectLocation.problem(text))
                .hasValueSatisfying(reason -> assertThat(reason).contains("the object's own name"));
    }

    @Test
    void oneThatIsTooLongIsNotTaken() {
        String longest = "s3://b/" + "k".repeat(ObjectLocation.MAX_LENGTH - 7);

        assertThat(ObjectLocation.problem(longest)).isEmpty();
        assertThat(ObjectLocation.problem(longest + "k")).isPresent();
    }

    @Test
    void whatAnEventSaysIsTakenAsItIs() {
        assertThat(new ObjectLocation("gopher:of-a-later-release").uri()).isEqualTo("gopher:of-a-later-release");
        assertThatThrownBy(() -> new ObjectLocation("")).isInstanceOf(IllegalArgumentException.class);
    }
}
