package io.tftpdc.edge.policy;

import com.google.re2j.Pattern;
import io.tftpdc.edge.policy.RemapRule.Family;
import io.tftpdc.edge.policy.RemapRule.Rewrite;
import io.tftpdc.edge.policy.RemapRule.Then;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads rules as tftpd-hpa writes them, one a line, fields between white space, {@code #} for comments, a backslash
 * before a blank or a {@code #} that means itself:
 *
 * <pre>
 *   operation  expression  replacement
 *   ri         ^[a-z]:                     # take drive letters out
 *   rg         \\          /
 *   a          \.pvt$      private
 *   :label
 * </pre>
 *
 * All problems of a text are reported together.
 */
final class RemapParser {
    private static final String OPERATIONS = "r g i e E s a j G P 4 6 ~";

    private final String source;
    private final List<RemapRule> rules = new ArrayList<>();
    private final Map<String, Integer> labels = new HashMap<>();
    private final List<String> problems = new ArrayList<>();

    RemapParser(String source) {
        this.source = source;
    }

    RemapRules parse(String text) {
        String[] lines = text.split("\r?\n", -1);
        for (int i = 0; i < lines.length; i++) {
            try {
                line(i + 1, lines[i]);
            } catch (IllegalArgumentException e) {
                problems.add(source + " line " + (i + 1) + ": " + e.getMessage());
            }
        }
        for (RemapRule rule : rules) {
            String label = rule.then() == Then.JUMP ? rule.replacement().constant() : null;
            if (label != null && !labels.containsKey(label)) {
                problems.add(source + " line " + rule.line() + ": there is no label '" + label + "' to jump to; write :"
                        + label + " on a line of its own");
            }
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join(System.lineSeparator(), problems));
        }
        return new RemapRules(rules, labels);
    }

    private void line(int number, String line) {
        Fields fields = new Fields(line);
        String operation = fields.next();
        if (operation.isEmpty()) {
            return;
        }
        if (operation.startsWith(":")) {
            label(operation.substring(1));
            return;
        }
        Flags flags = new Flags(operation);
        String expression = fields.next();
        if (expression.isEmpty()) {
            throw new IllegalArgumentException(
                    "no expression behind '" + operation + "'; write ^ for one that always" + " fits");
        }
        Pattern pattern = PosixRegex.compile(expression, flags.ignoreCase);
        Replacement replacement = Replacement.parse(fields.next());
        if (flags.then == Then.JUMP && replacement.isEmpty()) {
            throw new IllegalArgumentException("j without a label behind the expression; write the label to jump to");
        }
        rules.add(new RemapRule(
                number, pattern, flags.inverted, flags.rewrite, replacement, flags.then, flags.only, flags.family));
    }

    private void label(String label) {
        if (label.isEmpty()) {
            throw new IllegalArgumentException("a label without a name; write it behind the colon");
        }
        if (labels.put(label, rules.size()) != null) {
            throw new IllegalArgumentException("the label '" + label + "' is there twice; rename one");
        }
    }

    /** The fields of a line; an empty one when there are no more. */
    private static final class Fields {
        private final String line;
        private int at;

        Fields(String line) {
            this.line = line;
        }

        String next() {
            while (at < line.length() && Character.isWhitespace(line.charAt(at))) {
                at++;
            }
            int start = at;
            boolean escaped = false;
            while (at < line.length()) {
                char c = line.charAt(at);
                if (!escaped && (c == '#' || Character.isWhitespace(c))) {
                    break;
                }
                escaped = !escaped && c == '\\';
                at++;
            }
            String field = line.substring(start, at);
            if (at < line.length() && line.charAt(at) == '#') {
                at = line.length();
            }
            return field;
        }
    }

    /** The letters of an operation. */
    private static final class Flags {
        private final String letters;
        private boolean ignoreCase;
        private boolean inverted;
        private Rewrite rewrite = Rewrite.NEVER;
        private Then then = Then.NEXT;
        private Optional<Operation> only = Optional.empty();
        private Family family = Family.ANY;
        private char decidesThen;

        Flags(String letters) {
            this.letters = letters;
            int repeats = 0;
            for (int i = 0; i < letters.length(); i++) {
                char c = letters.charAt(i);
                switch (c) {
                    case 'r' -> rewrite = Rewrite.ONCE;
                    case 'g' -> repeats++;
                    case 'i' -> ignoreCase = true;
                    case '~' -> inverted = true;
                    case 'e' -> then(c, Then.END);
                    case 'E' -> then(c, Then.END_IF_FILE);
                    case 's' -> then(c, Then.START_OVER);
                    case 'a' -> then(c, Then.REFUSE);
                    case 'j' -> then(c, Then.JUMP);
                    case 'G' -> only(Operation.READ);
                    case 'P' -> only(Operation.WRITE);
                    case '4' -> family(Family.IPV4);
                    case '6' -> family(Family.IPV6);
                    default ->
                        throw new IllegalArgumentException("operation '" + letters + "' has the letter '" + c
                                + "'; expected any of " + OPERATIONS);
                }
            }
            if (rewrite == Rewrite.ONCE && repeats > 0) {
                rewrite = repeats == 1 ? Rewrite.UNTIL_NOTHING_IS_FOUND : Rewrite.EACH;
            }
            if (rewrite != Rewrite.NEVER && inverted) {
                throw together('r', '~');
            }
            if (rewrite != Rewrite.NEVER && (then == Then.REFUSE || then == Then.JUMP)) {
                throw together('r', decidesThen);
            }
        }

        private void then(char letter, Then value) {
            if (then != Then.NEXT && then != value) {
                throw together(decidesThen, letter);
            }
            then = value;
            decidesThen = letter;
        }

        private void only(Operation value) {
            // Both letters make a rule for neither, as they do in in.tftpd; nobody can mean that.
            if (only.isPresent() && only.get() != value) {
                throw together('G', 'P');
            }
            only = Optional.of(value);
        }

        private void family(Family value) {
            if (family != Family.ANY && family != value) {
                throw together('4', '6');
            }
            family = value;
        }

        private IllegalArgumentException together(char one, char other) {
            return new IllegalArgumentException("operation '" + letters + "' has both '" + one + "' and '" + other
                    + "', which exclude each other; write two rules");
        }
    }
}
