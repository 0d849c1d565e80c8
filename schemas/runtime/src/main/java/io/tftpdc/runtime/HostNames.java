package io.tftpdc.runtime;

import java.util.regex.Pattern;

/** Addresses to listen on, and those to be reached at. */
public final class HostNames {
    private static final Pattern EVERYWHERE = Pattern.compile("0\\.0\\.0\\.0|\\[?[0:]*::[0:]*\\]?|\\[?0(:0){7}\\]?");

    private HostNames() {}

    /** Whether the address means all of this host's, so that nobody can be told to connect to it. */
    public static boolean isEverywhere(String host) {
        return EVERYWHERE.matcher(host).matches();
    }
}
