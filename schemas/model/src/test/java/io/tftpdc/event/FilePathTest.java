package io.tftpdc.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.event.FilePath.Parsed;
import io.tftpdc.property.RandomValues;
import io.tftpdc.property.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilePathTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pxelinux.0",
                "boot/grub/grubx64.efi",
                "...",
                "a/.../b",
                ".hidden/..x/y..",
                "images/Firmware 2026 (final).bin",
                "固件/映像.bin",
                "emoji/\uD83D\uDCBE.img",
                "C:",
                "a:b/%2e%2e/c",
                "~root/$HOME"
            })
    void namesThatStayWithinTheTenantAreTaken(String path) {
        assertThat(FilePath.parse(path)).isEqualTo(new Parsed.Valid(new FilePath(path)));
    }

    @ParameterizedTest
    @CsvSource({"/boot/x,boot/x", "///boot/x,boot/x"})
    void slashesInFrontAreDropped(String written, String path) {
        assertThat(FilePath.parse(written)).isEqualTo(new Parsed.Valid(new FilePath(path)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..",
                ".",
                "../etc/passwd",
                "/../etc/passwd",
                "a/../../b",
                "a/..",
                "a/./b",
                "./a",
                "a//b",
                "a/",
                "/",
                "",
                "a\\..\\b",
                "..\\a",
                "a\0.txt",
                "a\nb",
                "a\u007F",
                "a\u0085b",
                "\uD83D",
                "a\uDCBE",
                "\uDCBE\uD83D"
            })
    void whatCouldLeaveTheTenantOrHideIsRefusedWithAReason(String path) {
        assertThat(FilePath.parse(path))
                .isInstanceOfSatisfying(Parsed.Invalid.class, invalid -> assertThat(invalid.reason())
                        .contains("expected")
                        .doesNotContain("\n")
                        .doesNotContain("\0"));
        assertThatThrownBy(() -> new FilePath(path)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theLengthIsCountedInBytesOfUtf8() {
        String longest = "é".repeat(FilePath.MAX_BYTES / 2);

        assertThat(FilePath.parse(longest)).isInstanceOf(Parsed.Valid.class);
        assertThat(FilePath.parse(longest + "x"))
                .isEqualTo(new Parsed.Invalid("path is 1025 bytes long; expected at most 1024"));
    }

    @Test
    void anEndlessNameIsNotRepeatedInTheReason() {
        assertThat(FilePath.parse("a/".repeat(500)))
                .isInstanceOfSatisfying(Parsed.Invalid.class, invalid -> assertThat(invalid.reason())
                        .hasSizeLessThan(400));
    }

    @Test
    void arbitraryTextNeverThrowsAndWhatIsTakenIsHarmless() {
        List<String> pieces = List.of("/", ".", "..", "\\", "\0", "a", "é", "\uD83D", "\uDCBE", "\r\n", " ", "%2f");
        Seeds.check(20_000, random -> {
            RandomValues values = new RandomValues(random);
            String text = String.join("", values.many(random.nextInt(12), () -> values.oneOf(pieces)));

            switch (FilePath.parse(text)) {
                case Parsed.Invalid invalid -> assertThat(invalid.reason()).isNotBlank();
                case Parsed.Valid valid -> {
                    FilePath path = valid.path();
                    assertThat(path.value().split("/", -1)).doesNotContain("", ".", "..");
                    assertThat(path.value()).doesNotContain("\\", "\0", "\r", "\n");
                    byte[] utf8 = path.value().getBytes(StandardCharsets.UTF_8);
                    assertThat(new String(utf8, StandardCharsets.UTF_8)).isEqualTo(path.value());
                    assertThat(FilePath.parse(path.value())).isEqualTo(new Parsed.Valid(path));
                }
            }
        });
    }
}
