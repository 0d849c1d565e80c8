package io.tftpdc.edge.policy;

import com.google.re2j.Pattern;
import java.util.Optional;

/**
 * One rule of {@link RemapRules}.
 *
 * @param line where it is written, for messages
 * @param expression what to look for in the name
 * @param inverted true: it fits a name in which nothing is found
 * @param rewrite whether and how often what was found is replaced
 * @param replacement what comes in its place; for {@link Then#REFUSE} what the client is told, for {@link Then#JUMP} a label
 * @param then where to go on when it fits
 * @param only the operation it is meant for, when it is not meant for both
 * @param family the addresses it is meant for
 */
record RemapRule(
        int line,
        Pattern expression,
        boolean inverted,
        Rewrite rewrite,
        Replacement replacement,
        Then then,
        Optional<Operation> only,
        Family family) {

    enum Rewrite {
        NEVER,
        ONCE,
        /** From the start of the name again and again, until nothing is found any more. */
        UNTIL_NOTHING_IS_FOUND,
        /** From left to right, without looking at what was put in. */
        EACH
    }

    enum Then {
        NEXT,
        END,
        /** When there is such a file; otherwise the rule did not fit. */
        END_IF_FILE,
        START_OVER,
        REFUSE,
        JUMP
    }

    enum Family {
        ANY,
        IPV4,
        IPV6
    }

    boolean isFor(Operation operation, boolean ipv4) {
        return (only.isEmpty() || only.get() == operation) && (family == Family.ANY || (family == Family.IPV4) == ipv4);
    }
}
