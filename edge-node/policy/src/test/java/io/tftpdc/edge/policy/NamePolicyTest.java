package io.tftpdc.edge.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.edge.policy.NamePolicy.Named;
import io.tftpdc.event.FilePath;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamePolicyTest {
    private static final InetAddress CLIENT = InetAddress.getLoopbackAddress();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "boot/x",
                "/boot/x",
                "//boot//x",
                "\\boot\\x",
                "./boot/x",
                "boot/./x",
                "boot/x/",
                "\\\\boot/x",
                "/./boot/x//"
            })
    void oneFileHasManyWaysToBeAskedFor(String name) {
        assertThat(named(NamePolicy.DEFAULT, name)).isEqualTo(path("boot/x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"...", "..x", "x..", "a/..b/c", ".hidden", "a/...", "käse/ß", "\uD83D\uDCBE/disk"})
    void namesThatOnlyLookDangerousAreNames(String name) {
        assertThat(named(NamePolicy.DEFAULT, name)).isEqualTo(path(name));
    }

    @ParameterizedTest
    @CsvSource({
        "'../x', TRAVERSAL",
        "'boot/../../x', TRAVERSAL",
        "'..\\x', TRAVERSAL",
        "'x/..', TRAVERSAL",
        "'x/../y', TRAVERSAL",
        "'..', TRAVERSAL",
        "'boot/\u0007bell', CONTROL_CHARACTER",
        "'a\nb', CONTROL_CHARACTER",
        "'a\u0085b', CONTROL_CHARACTER",
        "'bytes \uFFFD', NOT_UTF8",
        "'half \uD83D', NOT_UTF8",
        "'/', EMPTY",
        "'.', EMPTY",
        "'\\./', EMPTY",
        "'@site/dc2/x', RESERVED",
        "'/@SITE\\dc2\\x', RESERVED",
        "'.//@site//x', RESERVED"
    })
    void aNameThatNobodyNeedsIsRefused(String name, Refusal reason) {
        assertThat(named(NamePolicy.DEFAULT, name)).isEqualTo(new Named.No(new Refused(reason)));
    }

    @Test
    void theLengthIsThatInBytes() {
        assertThat(named(NamePolicy.DEFAULT, "a".repeat(512))).isEqualTo(path("a".repeat(512)));
        assertThat(named(NamePolicy.DEFAULT, "a".repeat(513))).isEqualTo(no(Refusal.TOO_LONG));
        assertThat(named(NamePolicy.DEFAULT, "ä".repeat(256))).isEqualTo(path("ä".repeat(256)));
        assertThat(named(NamePolicy.DEFAULT, "ä".repeat(257))).isEqualTo(no(Refusal.TOO_LONG));
    }

    @Test
    void whetherSlashesMayBeWrongIsPolicy() {
        NamePolicy strict = new NamePolicy(false, false, false, RemapRules.NONE);
        assertThat(named(strict, "boot\\x")).isEqualTo(no(Refusal.BACKSLASH));
        assertThat(named(strict, "/boot/x")).isEqualTo(no(Refusal.LEADING_SLASH));
        assertThat(named(strict, "boot//x")).isEqualTo(path("boot/x"));
        NamePolicy byRules = new NamePolicy(false, false, false, RemapRules.parse("map", "rg \\\\ /\nr ^/+"));
        assertThat(named(byRules, "\\boot\\x")).isEqualTo(path("boot/x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"private/x", "/private/x", "//private/x", "./private/x", "\\private\\x", "/./private//x"})
    void aRuleAgainstAFolderHoldsHoweverItIsWritten(String name) {
        NamePolicy policy = rules("a ^/?private/");
        assertThat(named(policy, name)).isEqualTo(no(Refusal.RULE));
    }

    @Test
    void aRuleSeesOneSlashInFrontIfTheClientWroteAny() {
        NamePolicy policy = rules("r ^/tftpboot/\nr ^[^/] under/\\0");
        assertThat(named(policy, "\\\\tftpboot\\x")).isEqualTo(path("under/x"));
        assertThat(named(policy, "/x")).isEqualTo(path("x"));
    }

    @Test
    void whatTheRulesMakeIsLookedAtLikeWhatAClientSends() {
        assertThat(named(rules("r ^ ../"), "x")).isEqualTo(no(Refusal.TRAVERSAL));
        assertThat(named(rules("r ^x$"), "x")).isEqualTo(no(Refusal.EMPTY));
        assertThat(named(rules("r ^x$ @site/b/x"), "x")).isEqualTo(no(Refusal.RESERVED));
        assertThat(named(rules("r ^ \\\\\\\\srv\\\\"), "x")).isEqualTo(path("srv/x"));
        assertThat(named(rules("rg ^(.*)$ \\1\\1"), "ab")).isEqualTo(no(Refusal.TOO_LONG));
        assertThat(named(rules("r ^(.*)$ \\1\\1\\1"), "ä".repeat(200))).isEqualTo(no(Refusal.TOO_LONG));
    }

    @Test
    void candidatesComeFirstAndTheirRefusalLast() {
        NamePolicy policy = rules("rE ^ hosts/\nrE ^ ../\na ^secret");
        assertThat(named(policy, "x")).isEqualTo(new Named.Paths(paths("hosts/x", "x"), Optional.empty()));
        assertThat(named(policy, "secret"))
                .isEqualTo(new Named.Paths(paths("hosts/secret"), Optional.of(new Refused(Refusal.RULE))));
        assertThat(named(rules("rE ^ hosts/\nr ^ ../"), "x"))
                .isEqualTo(new Named.Paths(paths("hosts/x"), Optional.of(new Refused(Refusal.TRAVERSAL))));
    }

    /** Whatever comes out is a path of which the store knows that it stays inside the tenant, and nothing throws. */
    @Test
    void anyTextIsAPathOrRefused() {
        String alphabet = "ab/\\.. \u0001\uFFFD\uD83D\uDCBEé%~*";
        NamePolicy policy = rules("rg \\.\\.\\. ..\nr b \\\\..\\\\\nrE a+ \\U\\0/\nr (.)$ \\1\\i");
        for (long seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            StringBuilder name = new StringBuilder();
            int length = random.nextInt(12);
            for (int i = 0; i < length; i++) {
                name.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            Named named = named(policy, name.toString());
            if (named instanceof Named.Paths found) {
                assertThat(found.paths()).as("seed %d", seed).isNotEmpty().allSatisfy(path -> assertThat(
                                path.value().split("/"))
                        .doesNotContain("", ".", ".."));
            }
        }
    }

    private static Named named(NamePolicy policy, String name) {
        return policy.named(name, CLIENT, Operation.READ);
    }

    private static NamePolicy rules(String rules) {
        return new NamePolicy(false, true, true, RemapRules.parse("rules", rules));
    }

    private static Named path(String path) {
        return new Named.Paths(paths(path), Optional.empty());
    }

    private static List<FilePath> paths(String... paths) {
        return List.of(paths).stream().map(FilePath::new).toList();
    }

    private static Named no(Refusal reason) {
        return new Named.No(new Refused(reason));
    }
}
