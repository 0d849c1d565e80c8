package io.tftpdc.edge.policy;

import com.google.re2j.Matcher;
import io.tftpdc.edge.policy.RemapRule.Rewrite;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Ordered rules that change or refuse names, as the map file of tftpd-hpa has them: {@link RemapParser} reads one.
 *
 * <p>A name comes from a stranger, so its cost is bounded: every expression takes time linear in the name, and the rules
 * together may look at {@value #MOST_CHARACTERS} characters and make a name of {@value #LONGEST_NAME}. Immutable.
 */
public final class RemapRules {
    /** Names and addresses stay as they are. */
    public static final RemapRules NONE = new RemapRules(List.of(), Map.of());

    /** What all rules together may read for one name: some thousand rules for a usual one. */
    static final int MOST_CHARACTERS = 1 << 17;

    static final int LONGEST_NAME = 1024;

    /** Names that may be tried for one request. */
    static final int MOST_CANDIDATES = 16;

    /** What trying a rule costs beside reading the name, so that rules on an empty name come to an end too. */
    private static final int COST_OF_A_RULE = 16;

    private final List<RemapRule> rules;
    private final Map<String, Integer> labels;

    /** @param labels the index of the rule that follows each label */
    RemapRules(List<RemapRule> rules, Map<String, Integer> labels) {
        this.rules = List.copyOf(rules);
        this.labels = Map.copyOf(labels);
    }

    /**
     * Reads rules in the form of a tftpd-hpa map file.
     *
     * @param source what to call it in messages
     * @throws IllegalArgumentException listing every line that is wrong, with the fix
     */
    public static RemapRules parse(String source, String text) {
        return new RemapParser(source).parse(text);
    }

    /** These rules, then those. Labels of one are not seen from the other. */
    public RemapRules then(RemapRules more) {
        if (rules.isEmpty() || more.rules.isEmpty()) {
            return rules.isEmpty() ? more : this;
        }
        List<RemapRule> all = new ArrayList<>(rules);
        all.addAll(more.rules);
        Map<String, Integer> allLabels = new HashMap<>();
        more.labels.forEach((label, index) -> allLabels.put(label, index + rules.size()));
        allLabels.putAll(labels);
        return new RemapRules(all, allLabels);
    }

    public boolean isEmpty() {
        return rules.isEmpty();
    }

    public int size() {
        return rules.size();
    }

    Remapped apply(String name, InetAddress client, Operation operation) {
        return rules.isEmpty() ? new Remapped.Name(List.of(), name) : new Run(name, client, operation).toTheEnd();
    }

    /** One name on its way through the rules. */
    private final class Run {
        private final InetAddress client;
        private final boolean ipv4;
        private final Operation operation;
        private final List<String> candidates = new ArrayList<>(0);
        private String name;
        private int charactersLeft = MOST_CHARACTERS;

        Run(String name, InetAddress client, Operation operation) {
            this.name = name;
            this.client = client;
            this.ipv4 = client instanceof Inet4Address;
            this.operation = operation;
        }

        Remapped toTheEnd() {
            int index = 0;
            while (index < rules.size()) {
                RemapRule rule = rules.get(index);
                index++;
                if (!rule.isFor(operation, ipv4)) {
                    continue;
                }
                if (!spend()) {
                    return denied(Refusal.ENDLESS_RULES);
                }
                Matcher matcher = rule.expression().matcher(name);
                if (matcher.find() == rule.inverted()) {
                    continue;
                }
                String before = name;
                if (rule.rewrite() != Rewrite.NEVER && !rewrite(rule, matcher)) {
                    return denied(name.length() > LONGEST_NAME ? Refusal.TOO_LONG : Refusal.ENDLESS_RULES);
                }
                @Nullable Matcher found = rule.inverted() ? null : matcher;
                switch (rule.then()) {
                    case NEXT -> {}
                    case END -> index = rules.size();
                    case START_OVER -> index = 0;
                    case END_IF_FILE -> {
                        if (operation == Operation.WRITE) {
                            index = rules.size(); // an upload makes the file
                        } else if (candidates.size() == MOST_CANDIDATES) {
                            return denied(Refusal.ENDLESS_RULES);
                        } else {
                            candidates.add(name);
                            name = before;
                        }
                    }
                    case REFUSE -> {
                        return new Remapped.Denied(candidates, refused(rule, found));
                    }
                    case JUMP -> {
                        Integer target = labels.get(filled(rule, found));
                        if (target == null) {
                            return denied(Refusal.ENDLESS_RULES);
                        }
                        index = target;
                    }
                }
            }
            return new Remapped.Name(candidates, name);
        }

        /** False when it does not come to an end. */
        private boolean rewrite(RemapRule rule, Matcher first) {
            Matcher matcher = first;
            int from = 0;
            while (true) {
                StringBuilder changed = new StringBuilder(name.length() + 16);
                changed.append(name, 0, matcher.start());
                rule.replacement().appendTo(changed, matcher, client);
                boolean empty = matcher.end() == matcher.start();
                int next = changed.length();
                changed.append(name, matcher.end(), name.length());
                name = changed.toString();
                if (name.length() > LONGEST_NAME) {
                    return false;
                }
                switch (rule.rewrite()) {
                    case NEVER, ONCE -> {
                        return true;
                    }
                    case UNTIL_NOTHING_IS_FOUND -> from = 0;
                    // Behind an empty find, the same place would be found again.
                    case EACH -> from = empty ? next + 1 : next;
                }
                if (from > name.length()) {
                    return true;
                }
                if (!spend()) {
                    return false;
                }
                matcher = rule.expression().matcher(name);
                if (!matcher.find(from)) {
                    return true;
                }
            }
        }

        private boolean spend() {
            charactersLeft -= name.length() + COST_OF_A_RULE;
            return charactersLeft >= 0;
        }

        private String filled(RemapRule rule, @Nullable Matcher found) {
            StringBuilder text = new StringBuilder();
            rule.replacement().appendTo(text, found, client);
            return text.toString();
        }

        private Refused refused(RemapRule rule, @Nullable Matcher found) {
            return rule.replacement().isEmpty()
                    ? new Refused(Refusal.RULE)
                    : new Refused(Refusal.RULE, filled(rule, found));
        }

        private Remapped denied(Refusal reason) {
            return new Remapped.Denied(candidates, new Refused(reason));
        }
    }
}
