package io.tftpdc.edge.settings;

import io.tftpdc.edge.policy.NamePolicy;
import io.tftpdc.edge.policy.RemapRules;
import io.tftpdc.runtime.Defaults;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What clients may call a file.
 *
 * @param ignoreCase whether a file is found whatever the case of its letters, when there is none of the exact name
 * @param backslashes whether a backslash is a slash
 * @param leadingSlashes whether slashes in front of a name mean nothing
 * @param mapFile rules that change or refuse names, in the form of tftpd-hpa's map file
 * @param rules more of them, applied after those of the file
 */
public record NamesConfig(
        Boolean ignoreCase,
        Boolean backslashes,
        Boolean leadingSlashes,
        Optional<Path> mapFile,
        Optional<String> rules) {

    public NamesConfig {
        ignoreCase = Defaults.or(ignoreCase, NamePolicy.DEFAULT.ignoreCase());
        backslashes = Defaults.or(backslashes, NamePolicy.DEFAULT.backslashes());
        leadingSlashes = Defaults.or(leadingSlashes, NamePolicy.DEFAULT.leadingSlashes());
        mapFile = Defaults.or(mapFile, Optional.empty());
        rules = Defaults.or(rules, Optional.empty());
        rules.ifPresent(text -> RemapRules.parse("`rules`", text));
    }

    @SuppressWarnings("NullAway") // the constructor puts defaults in place of nulls, as it does for the file
    public static NamesConfig defaults() {
        return new NamesConfig(null, null, null, null, null);
    }

    NamesConfig withoutMapFile() {
        return new NamesConfig(ignoreCase, backslashes, leadingSlashes, Optional.empty(), rules);
    }

    /**
     * Reads the map file.
     *
     * @param key where this stands in the configuration
     * @param files those that were read before
     * @throws IllegalArgumentException when the map file cannot be read or used
     */
    public NamePolicy policy(String key, MapFiles files) {
        RemapRules ofTheFile =
                mapFile.map(file -> files.rules(file, "`" + key + ".map-file`")).orElse(RemapRules.NONE);
        RemapRules more = rules.map(text -> RemapRules.parse("`rules`", text)).orElse(RemapRules.NONE);
        return new NamePolicy(ignoreCase, backslashes, leadingSlashes, ofTheFile.then(more));
    }
}
