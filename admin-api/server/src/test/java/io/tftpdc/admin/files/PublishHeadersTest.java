package io.tftpdc.admin.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.admin.http.ProblemException;
import io.tftpdc.event.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PublishHeadersTest {
    private static final Sha256 HELLO = Sha256.of("hello".getBytes(StandardCharsets.UTF_8));
    // printf hello | openssl dgst -sha256 -binary | base64
    private static final String HELLO_BASE_64 = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";

    @Test
    void theDigestMayComeInAnyOfThreeHeaders() {
        assertThat(hash("x-content-sha256", HELLO.hex().toUpperCase(java.util.Locale.ROOT)))
                .isEqualTo(HELLO);
        assertThat(hash("Repr-Digest", "sha-256=:" + HELLO_BASE_64 + ":")).isEqualTo(HELLO);
        assertThat(hash("Content-Digest", "md5=:AAAA:, sha-256=:" + HELLO_BASE_64 + ":"))
                .isEqualTo(HELLO);
    }

    @Test
    void otherDigestsAreNotChecked() {
        assertThat(parse("Repr-Digest", "sha-512=:AAAA:").expectedHash()).isEmpty();
    }

    @Test
    void aDigestThatIsNoneIsRefused() {
        assertThatThrownBy(() -> parse("X-Content-SHA256", "abc"))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("'abc'");
        assertThatThrownBy(() -> parse("Repr-Digest", "sha-256=:AAAA:")).isInstanceOf(ProblemException.class);
    }

    @Test
    void digestsThatContradictEachOtherAreRefused() {
        assertThatThrownBy(() -> PublishHeaders.parse(Map.of(
                        "X-Content-SHA256",
                        List.of("0".repeat(64)),
                        "Repr-Digest",
                        List.of("sha-256=:" + HELLO_BASE_64 + ":"))))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("two different");
    }

    @Test
    void labelsArePercentDecoded() {
        assertThat(parse("X-Label-Model", "gr%C3%BCn 1+2").labels()).containsExactly(Map.entry("model", "grün 1+2"));
        assertThatThrownBy(() -> parse("X-Label-Share", "50%")).isInstanceOf(ProblemException.class);
    }

    @Test
    void packedBodiesAreRefused() {
        assertThatThrownBy(() -> parse("Content-Encoding", "gzip"))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().status()).isEqualTo(415));
    }

    @Test
    void aWebFormIsNoContentType() {
        assertThat(parse("Content-Type", "application/x-www-form-urlencoded").contentType())
                .isEmpty();
        assertThat(parse("Content-Type", "text/plain;charset=utf-8").contentType())
                .isEqualTo("text/plain;charset=utf-8");
    }

    private static Sha256 hash(String name, String value) {
        return parse(name, value).expectedHash().orElseThrow();
    }

    private static PublishHeaders parse(String name, String value) {
        return PublishHeaders.parse(Map.of(name, List.of(value)));
    }
}
