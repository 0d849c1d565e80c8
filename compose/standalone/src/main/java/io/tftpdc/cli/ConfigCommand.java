package io.tftpdc.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tftpdc.client.SettingInfo;
import io.tftpdc.client.SettingsPage;
import io.tftpdc.client.TftpdcClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code tftpdc config}. */
@Command(
        name = "config",
        description = "Lists what is set for edge nodes at run time, above their edge.yaml.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        subcommands = {
            ConfigCommand.Get.class,
            ConfigCommand.Set.class,
            ConfigCommand.Unset.class,
            ConfigCommand.History.class,
            ConfigCommand.Known.class
        })
final class ConfigCommand extends RestCommand {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    @Mixin
    private final ScopeOption scope = new ScopeOption();

    @Option(names = "--json", description = "One JSON object a line, with all that is known.")
    private boolean json;

    @Override
    void run(TftpdcClient client) throws IOException {
        SettingsPage page = client.settings(scope.given());
        for (SettingInfo setting : page.settings()) {
            out().println(json ? json(setting) : setting.name() + "  " + setting.scope() + "  " + setting.value());
        }
        if (!json) {
            out().println("config " + page.digest());
        }
    }

    private static String changed(SettingInfo change) {
        String value = change.value() == null ? "unset" : change.value();
        return change.changedAt() + "  " + change.origin() + "  " + change.actor() + "  " + value;
    }

    /** Is about one setting in one scope. */
    private abstract static class OfSetting extends RestCommand {
        @Parameters(paramLabel = "NAME", description = "Such as names.ignore-case.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before call()
        String name;

        @Mixin
        final ScopeOption scope = new ScopeOption();
    }

    /** {@code tftpdc config get}. */
    @Command(
            name = "get",
            description = "Prints the value that is set for a scope, as JSON.",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            usageHelpAutoWidth = true)
    static final class Get extends OfSetting {
        @Override
        void run(TftpdcClient client) throws IOException {
            SettingInfo latest = client.settingHistory(name, scope.scope()).getFirst();
            if (latest.value() == null) {
                throw new IOException(name + " is not set for " + scope.scope() + " since " + latest.changedAt());
            }
            out().println(latest.value());
        }
    }

    /** {@code tftpdc config set}. */
    @Command(
            name = "set",
            description = "Sets a value for a scope; edge nodes take it within seconds, without a restart.",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            usageHelpAutoWidth = true)
    static final class Set extends RestCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "Such as names.ignore-case.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before call()
        private String name;

        @Parameters(
                index = "1",
                arity = "0..1",
                paramLabel = "VALUE",
                description = "As JSON; what is none is taken as text.")
        private @Nullable String value;

        @Option(
                names = "--file",
                paramLabel = "FILE",
                description = "Takes the value from a file, such as rules for names.")
        private @Nullable Path file;

        @Mixin
        private final ScopeOption scope = new ScopeOption();

        @Override
        void run(TftpdcClient client) throws IOException {
            SettingInfo set = client.set(name, scope.scope(), asJson(text()));
            out().println("set " + set.name() + " for " + set.scope() + " to " + set.value());
        }

        private String text() throws IOException {
            String given = value;
            Path from = file;
            if (given != null && from == null) {
                return given;
            } else if (given == null && from != null) {
                return Files.readString(from);
            }
            throw new ParameterException(spec().commandLine(), "expected either VALUE or --file FILE");
        }
    }

    private static String asJson(String text) throws IOException {
        try {
            return JSON.readTree(text).isMissingNode() ? JSON.writeValueAsString(text) : text;
        } catch (JsonProcessingException e) {
            return JSON.writeValueAsString(text);
        }
    }

    /** {@code tftpdc config unset}. */
    @Command(
            name = "unset",
            description = "Unsets a value for a scope: less specific scopes and edge.yaml decide again.",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            usageHelpAutoWidth = true)
    static final class Unset extends OfSetting {
        @Override
        void run(TftpdcClient client) throws IOException {
            SettingInfo unset = client.unset(name, scope.scope());
            out().println("unset " + unset.name() + " for " + unset.scope());
        }
    }

    /** {@code tftpdc config history}. */
    @Command(
            name = "history",
            description = "Lists the latest changes of a setting, the one that counts first.",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            usageHelpAutoWidth = true)
    static final class History extends OfSetting {
        @Option(names = "--json", description = "One JSON object a line, with all that is known.")
        private boolean json;

        @Override
        void run(TftpdcClient client) throws IOException {
            for (SettingInfo change : client.settingHistory(name, scope.scope())) {
                out().println(json ? json(change) : changed(change));
            }
        }
    }

    /** {@code tftpdc config known}. */
    @Command(
            name = "known",
            description = "Lists what can be set, and for whom.",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            usageHelpAutoWidth = true)
    static final class Known extends RestCommand {
        @Option(names = "--json", description = "One JSON object a line, with all that is known.")
        private boolean json;

        @Override
        void run(TftpdcClient client) throws IOException {
            for (SettingsPage.KnownSetting setting : client.knownSettings()) {
                out().println(
                                json
                                        ? json(setting)
                                        : setting.name() + "  " + String.join(",", setting.scopes()) + "  "
                                                + setting.meaning());
            }
        }
    }
}
