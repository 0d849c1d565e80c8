package io.tftpdc.edge.policy;

import io.tftpdc.event.FilePath;
import io.tftpdc.event.SiteVariant;
import io.tftpdc.tftp.packet.TftpPacketCodec;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a tenant's clients may call a file. A name goes through these stages:
 *
 * <pre>
 *   as asked for ─► hostile? ─► plain form ─► rules ─► plain form ─► FilePath
 * </pre>
 *
 * <p>Plain form: one slash between segments, none at the end, no {@code .} segment, and at most one slash in front. Rules
 * see it rather than what the client wrote, so that a rule against {@code ^/?private/} holds for {@code //private/x}, for
 * {@code ./private/x} and for {@code \private\x} too. In front a slash stays, because rules for people who serve
 * {@code /tftpboot} look for it.
 *
 * @param ignoreCase whether a file is found whatever the case of its letters, when there is none of the exact name
 * @param backslashes whether a backslash is a slash; otherwise a name that still has one behind the rules is refused
 * @param leadingSlashes whether slashes in front mean nothing; otherwise a name that still has one behind the rules is
 *     refused
 * @param rules applied in order
 */
public record NamePolicy(boolean ignoreCase, boolean backslashes, boolean leadingSlashes, RemapRules rules) {
    public static final NamePolicy DEFAULT = new NamePolicy(false, true, true, RemapRules.NONE);

    /** Bytes of a name; a request of RFC 1350 is no longer than 512 in all. */
    static final int LONGEST_NAME_BYTES = 512;

    /** What became of a name. */
    sealed interface Named {
        /**
         * Look for these, in order.
         *
         * @param otherwise what to say when none is there; empty means that there is no such file
         */
        record Paths(List<FilePath> paths, Optional<Refused> otherwise) implements Named {
            public Paths {
                paths = List.copyOf(paths);
            }
        }

        record No(Refused refused) implements Named {}
    }

    Named named(String asked, InetAddress client, Operation operation) {
        Optional<Refused> hostile = hostile(asked);
        if (hostile.isPresent()) {
            return new Named.No(hostile.get());
        }
        Remapped remapped = rules.apply(plain(asked), client, operation);
        List<FilePath> paths = new ArrayList<>(remapped.candidates().size() + 1);
        for (String candidate : remapped.candidates()) {
            // One that is no path cannot be a file either.
            if (path(candidate) instanceof Named.Paths valid) {
                paths.addAll(valid.paths());
            }
        }
        return switch (remapped) {
            case Remapped.Denied denied ->
                paths.isEmpty()
                        ? new Named.No(denied.refused())
                        : new Named.Paths(paths, Optional.of(denied.refused()));
            case Remapped.Name name ->
                switch (path(name.name())) {
                    case Named.Paths last -> {
                        paths.addAll(last.paths());
                        yield new Named.Paths(paths, Optional.empty());
                    }
                    case Named.No no -> paths.isEmpty() ? no : new Named.Paths(paths, Optional.of(no.refused()));
                };
        };
    }

    /** Whether a name is one that nobody asks for in good faith, or that costs too much to look at. */
    private static Optional<Refused> hostile(String asked) {
        // A char is at most three bytes, so most names need not be encoded to be counted.
        if (asked.length() > LONGEST_NAME_BYTES
                || (asked.length() * 3 > LONGEST_NAME_BYTES
                        && asked.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME_BYTES)) {
            return refused(Refusal.TOO_LONG);
        }
        return forbidden(asked);
    }

    private static Optional<Refused> forbidden(String asked) {
        int dots = 0; // of a segment that is dots so far; -1 in any other
        for (int i = 0; i < asked.length(); i++) {
            char c = asked.charAt(i);
            if (c == TftpPacketCodec.NOT_UTF8 || (Character.isSurrogate(c) && !paired(asked, i))) {
                return refused(Refusal.NOT_UTF8);
            }
            if (Character.isISOControl(c)) {
                return refused(Refusal.CONTROL_CHARACTER);
            }
            if (c == '/' || c == '\\') {
                if (dots == 2) {
                    return refused(Refusal.TRAVERSAL);
                }
                dots = 0;
            } else {
                dots = c == '.' && dots >= 0 ? dots + 1 : -1;
            }
        }
        return dots == 2 ? refused(Refusal.TRAVERSAL) : Optional.empty();
    }

    private static boolean paired(String text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }

    private static Optional<Refused> refused(Refusal reason) {
        return Optional.of(new Refused(reason));
    }

    private String plain(String name) {
        StringBuilder plain = new StringBuilder(name.length());
        int start = 0;
        for (int i = 0; i <= name.length(); i++) {
            if (i < name.length() && !isSlash(name.charAt(i))) {
                continue;
            }
            boolean nothing = i == start || (i == start + 1 && name.charAt(start) == '.');
            if (!nothing) {
                if (plain.length() > 1 || (plain.length() == 1 && plain.charAt(0) != '/')) {
                    plain.append('/');
                }
                plain.append(name, start, i);
            } else if (i == 0 && !name.isEmpty()) {
                plain.append('/');
            }
            start = i + 1;
        }
        return plain.toString();
    }

    private boolean isSlash(char c) {
        return c == '/' || (c == '\\' && backslashes);
    }

    /** The path that this is behind the rules. */
    private Named path(String name) {
        Optional<Refused> hostile = name.length() > FilePath.MAX_BYTES ? refused(Refusal.TOO_LONG) : forbidden(name);
        if (hostile.isPresent()) {
            return new Named.No(hostile.get());
        }
        String path = plain(name);
        if (path.startsWith("/")) {
            if (!leadingSlashes) {
                return new Named.No(new Refused(Refusal.LEADING_SLASH));
            }
            path = path.substring(1);
        }
        if (path.isEmpty()) {
            return new Named.No(new Refused(Refusal.EMPTY));
        }
        if (path.indexOf('\\') >= 0) {
            return new Named.No(new Refused(Refusal.BACKSLASH));
        }
        return switch (FilePath.parse(path)) {
            case FilePath.Parsed.Valid valid
            when SiteVariant.isReserved(valid.path().value()) -> new Named.No(new Refused(Refusal.RESERVED));
            case FilePath.Parsed.Valid valid -> new Named.Paths(List.of(valid.path()), Optional.empty());
            // All else that a path cannot have was looked for above; what is left is its length in bytes.
            case FilePath.Parsed.Invalid tooLong -> new Named.No(new Refused(Refusal.TOO_LONG));
        };
    }
}
