package io.tftpdc.edge.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemapRulesTest {
    private static final InetAddress CLIENT = Addresses.of("192.0.2.169");
    private static final InetAddress CLIENT6 = Addresses.of("2001:db8::1");

    /** A map file, a request, and what in.tftpd made of it. */
    record Recorded(String rules, Operation operation, String name, String result) {
        @Override
        public String toString() {
            return name + " by " + rules.replace("\n", " ; ");
        }
    }

    static List<Recorded> recorded() throws IOException {
        List<Recorded> all = new ArrayList<>();
        try (InputStream in = RemapRulesTest.class.getResourceAsStream("tftpd-hpa-5.2.txt")) {
            String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            for (String block : text.split("\n\n")) {
                String rules = lines(block, "|").stream()
                        .map(line -> line.length() > 2 ? line.substring(2) : "")
                        .collect(Collectors.joining("\n"));
                for (String request : lines(block, "G ", "P ")) {
                    String[] parts = request.substring(2).split(" => ", -1);
                    all.add(new Recorded(
                            rules, request.startsWith("G") ? Operation.READ : Operation.WRITE, parts[0], parts[1]));
                }
            }
        }
        assertThat(all).hasSizeGreaterThan(70);
        return all;
    }

    private static List<String> lines(String block, String... starts) {
        return block.lines()
                .filter(line -> Arrays.stream(starts).anyMatch(line::startsWith))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void aMapFileDoesWhatItDoesInTftpdHpa(Recorded recorded) {
        RemapRules rules = RemapRules.parse("map", recorded.rules());

        Remapped remapped = rules.apply(recorded.name(), Addresses.of("127.0.0.1"), recorded.operation());

        assertThat(remapped instanceof Remapped.Name name ? name.name() : "!").isEqualTo(recorded.result());
    }

    @Test
    void theClientsAddressIsWrittenInTwoWays() {
        assertThat(name("r ^ \\i/\\x/", "f")).isEqualTo("192.0.2.169/C00002A9/f");
        Remapped remapped = RemapRules.parse("map", "r ^ \\i/\\x/").apply("f", CLIENT6, Operation.READ);
        assertThat(remapped).isEqualTo(new Remapped.Name(List.of(), "2001:db8::1/20010DB8000000000000000000000001/f"));
    }

    @Test
    void rulesForOneFamilyLeaveTheOtherAlone() {
        RemapRules rules = RemapRules.parse("map", "r4 ^ four/\nr6 ^ six/");
        assertThat(rules.apply("f", CLIENT6, Operation.READ)).isEqualTo(new Remapped.Name(List.of(), "six/f"));
    }

    @Test
    void sedsGlobalLooksOnlyBehindWhatItPutIn() {
        assertThat(name("rgg a aa", "banana")).isEqualTo("baanaanaa");
        assertThat(name("rgg x* -", "abc")).isEqualTo("-a-b-c-");
        assertThat(name("rgg ^a b", "aaa")).isEqualTo("baa");
    }

    @Test
    void namesOfRulesThatWantAFileAreTriedInOrder() {
        String rules = """
                rE ^      hosts/\\i/
                rE cfg$   default
                rP x      y
                """;
        assertThat(RemapRules.parse("map", rules).apply("x.cfg", CLIENT, Operation.READ))
                .isEqualTo(new Remapped.Name(List.of("hosts/192.0.2.169/x.cfg", "x.default"), "x.cfg"));
        assertThat(RemapRules.parse("map", rules).apply("x.cfg", CLIENT, Operation.WRITE))
                .as("an upload makes the file")
                .isEqualTo(new Remapped.Name(List.of(), "hosts/192.0.2.169/x.cfg"));
    }

    @Test
    void aRuleMayRefuseWithItsOwnWords() {
        assertThat(RemapRules.parse("map", "a \\.pvt$").apply("x.pvt", CLIENT, Operation.READ))
                .isEqualTo(new Remapped.Denied(List.of(), new Refused(Refusal.RULE, "access denied")));
        assertThat(RemapRules.parse("map", "a (.)\\.pvt$ \\1\\ is\\ private").apply("x.pvt", CLIENT, Operation.READ))
                .isEqualTo(new Remapped.Denied(List.of(), new Refused(Refusal.RULE, "x is private")));
    }

    /** As the manual says; in.tftpd 5.2 goes on with the second rule. */
    @Test
    void startingOverStartsWithTheFirstRule() {
        assertThat(name("rs ^a\nr b c", "aaab")).isEqualTo("c");
    }

    @Test
    void jumpsGoToTheirLabel() {
        String rules = """
                j   ^boot/  boot
                r   ^       other/
                e   ^
                :boot
                r   ^boot/  grub/
                """;
        assertThat(name(rules, "boot/x")).isEqualTo("grub/x");
        assertThat(name(rules, "x")).isEqualTo("other/x");
        assertThat(name("j ^(.) \\1\n:b\nr ^. B\n", "bx")).isEqualTo("Bx");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rg a aa", "rg x* -", "rs ^ x", "s ^", ":here\nj ^ here", "j ^(.) \\1"})
    void rulesThatDoNotEndRefuseTheName(String rules) {
        Remapped remapped = RemapRules.parse("map", rules).apply("a", CLIENT, Operation.READ);

        assertThat(remapped).isInstanceOf(Remapped.Denied.class);
        assertThat(((Remapped.Denied) remapped).refused().reason()).isIn(Refusal.ENDLESS_RULES, Refusal.TOO_LONG);
    }

    /** With backtracking, this expression takes 2^40 steps for this name. */
    @Test
    void aHostileNameCostsNoMoreThanItsLength() {
        String name = "a".repeat(NamePolicy.LONGEST_NAME_BYTES - 1) + "!";
        String rules = "r ^(a|a)*(a*)*b$ x\n".repeat(20);
        long before = System.nanoTime();
        Remapped remapped = RemapRules.parse("map", rules).apply(name, CLIENT, Operation.READ);
        assertThat(System.nanoTime() - before).isLessThan(5_000_000_000L);
        assertThat(remapped).isEqualTo(new Remapped.Name(List.of(), name));
    }

    /** An operator's typing error is a message, never anything else, and what loads ends for any name. */
    @Test
    void anyTextIsRulesOrAMessage() {
        String alphabet = "rgiesajGP46~E:#ab.*+?()[]{}|^$\\\\0123LUEx /-,\n  ";
        int loaded = 0;
        for (long seed = 0; seed < 30_000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder(seed % 2 == 0 ? "r" : "");
            int length = random.nextInt(20);
            for (int i = 0; i < length; i++) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            RemapRules rules;
            try {
                rules = RemapRules.parse("map", text.toString());
            } catch (IllegalArgumentException e) {
                assertThat(e).as("seed %d", seed).hasMessageStartingWith("map line ");
                continue;
            }
            loaded += rules.size();
            rules.apply("ab/1a{a}x", CLIENT6, random.nextBoolean() ? Operation.READ : Operation.WRITE);
        }
        assertThat(loaded).isGreaterThan(500);
    }

    @Test
    void moreRulesFollowThoseOfTheFile() {
        RemapRules rules = RemapRules.parse("map", "j ^x end\nr a b\n:end\nr c d")
                .then(RemapRules.parse("rules", "j ^y end\nr d e\n:end\nr e f"));
        assertThat(rules.apply("xac", CLIENT, Operation.READ)).isEqualTo(new Remapped.Name(List.of(), "xaf"));
        assertThat(rules.size()).isEqualTo(6);
        assertThat(RemapRules.NONE.then(rules)).isSameAs(rules);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "z a b         | operation 'z' has the letter 'z'; expected any of r g i",
                "r             | no expression behind 'r'; write ^ for one that always fits",
                "r~ a b        | operation 'r~' has both 'r' and '~', which exclude each other; write two rules",
                "ra a b        | has both 'r' and 'a'",
                "es a          | has both 'e' and 's'",
                "GPr a b       | has both 'G' and 'P'",
                "46r a b       | has both '4' and '6'",
                "j a           | j without a label",
                "j a b         | there is no label 'b' to jump to; write :b on a line of its own",
                ":             | a label without a name",
                "r ( x         | the expression '(' is wrong",
                "r (a)\\1 x    | refers back with \\1",
                "r \\d x       | has \\d, which is just 'd' to in.tftpd; write d, or a class such as [[:digit:]]",
                "r \\<a x      | has \\<; write \\b for the border of a word",
                "r a+? x       | has two quantifiers in a row",
                "r (?i)a x     | has a quantifier behind '('",
                "r [a x        | opens a [ at position 0 that is not closed",
                "r [[:no:]] x  | the expression '[[:no:]]' is wrong",
                "r [[.ab.]] x  | has the collating element [.ab.]; write its characters",
                "r a x\\       | the replacement 'x\\' ends with a backslash",
            })
    void aLineThatIsWrongIsNamedWithItsFix(String line, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RemapRules.parse("/etc/tftpd/map", "r a b\n" + line))
                .withMessageContaining("/etc/tftpd/map line 2: ")
                .withMessageContaining(message);
    }

    @Test
    void everyLineThatIsWrongIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RemapRules.parse("map", "z a b\nr ok x\n:l\n:l\nr ( b"))
                .withMessageContaining("map line 1: ")
                .withMessageContaining("map line 4: the label 'l' is there twice")
                .withMessageContaining("map line 5: ");
    }

    private static String name(String rules, String name) {
        Remapped remapped = RemapRules.parse("map", rules).apply(name, CLIENT, Operation.READ);
        assertThat(remapped).isInstanceOf(Remapped.Name.class);
        return ((Remapped.Name) remapped).name();
    }
}
