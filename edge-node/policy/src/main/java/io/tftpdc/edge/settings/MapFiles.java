package io.tftpdc.edge.settings;

import io.tftpdc.edge.policy.RemapRules;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Map files as they were when they were first read: whether a setting can be used must not depend on what has become of
 * a file since. Used by one thread at a time.
 */
public final class MapFiles {
    private final Map<Path, RemapRules> read = new HashMap<>();

    /**
     * @param key where the file is named
     * @throws IllegalArgumentException when it cannot be read or used; the next call tries again
     */
    RemapRules rules(Path file, String key) {
        RemapRules known = read.get(file);
        if (known == null) {
            known = read(file, key);
            read.put(file, known);
        }
        return known;
    }

    private static RemapRules read(Path file, String key) {
        try {
            return RemapRules.parse(key + " " + file, Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(
                    key + " is " + file.toAbsolutePath() + ", which does not exist; create it or give another path");
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(key + " is " + file + ", which is not UTF-8; convert it with iconv");
        } catch (IOException e) {
            throw new IllegalArgumentException(key + " is " + file + ", which cannot be read: " + e);
        }
    }
}
