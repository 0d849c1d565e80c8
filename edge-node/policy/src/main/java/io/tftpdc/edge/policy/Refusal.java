package io.tftpdc.edge.policy;

import java.util.Locale;

/**
 * Why a name is refused. Each goes out as error 2, access violation, with a text that is short on purpose: it goes to
 * whatever address the request named, so it must not be worth reflecting.
 */
public enum Refusal {
    TRAVERSAL("the name has a '..' in it"),
    CONTROL_CHARACTER("the name has a control character"),
    NOT_UTF8("the name is not UTF-8"),
    TOO_LONG("the name is too long"),
    EMPTY("the name is empty"),
    BACKSLASH("the name has a backslash"),
    LEADING_SLASH("the name begins with a slash"),
    /** It is one that only nodes make, of their site's variants. */
    RESERVED("the name is reserved"),
    /** A rule says so, or names a message of its own. */
    RULE("access denied"),
    /** The rules went round and round. */
    ENDLESS_RULES("the rules for names do not end");

    private final String message;

    Refusal(String message) {
        this.message = message;
    }

    /** What the client is told. */
    public String message() {
        return message;
    }

    /** The label of a meter. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
