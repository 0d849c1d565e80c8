package io.tftpdc.edge.policy;

import java.util.List;

/** What the rules made of a name. */
sealed interface Remapped {

    /** Names to be looked for first: the rules end with the first of them that is a file (flag {@code E}). */
    List<String> candidates();

    /** The name to look for. */
    record Name(List<String> candidates, String name) implements Remapped {
        public Name {
            candidates = List.copyOf(candidates);
        }
    }

    /** None of the candidates is a file, so the client may not have it. */
    record Denied(List<String> candidates, Refused refused) implements Remapped {
        public Denied {
            candidates = List.copyOf(candidates);
        }
    }
}
