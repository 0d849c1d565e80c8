package io.tftpdc.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** For whom a setting holds. */
final class ScopeOption {
    @ArgGroup(exclusive = true)
    private @Nullable One one;

    static final class One {
        @Option(
                names = {"-t", "--tenant"},
                paramLabel = "TENANT",
                description = "For this tenant's clients and files.")
        private @Nullable String tenant;

        @Option(names = "--site", paramLabel = "SITE", description = "For the nodes of this site.")
        private @Nullable String site;

        @Option(names = "--node", paramLabel = "SITE/NODE", description = "For this node.")
        private @Nullable String node;
    }

    /** As it is written everywhere; {@code all} when nothing was said. */
    String scope() {
        return given().isEmpty() ? "all" : given();
    }

    /** Empty when nothing was said. */
    String given() {
        One named = one;
        if (named == null) {
            return "";
        } else if (named.tenant != null) {
            return "tenant/" + named.tenant;
        }
        return named.site != null ? "site/" + named.site : "node/" + named.node;
    }
}
