package io.tftpdc.client;

import java.util.List;

/**
 * The answer of {@code GET /api/v1/config}.
 *
 * @param digest of all settings that count: equal where the same ones are in force
 * @param settings by name and scope
 */
public record SettingsPage(String digest, List<SettingInfo> settings) {

    /**
     * The answer of {@code GET /api/v1/config/NAME}.
     *
     * @param changes the one that counts first
     */
    public record History(List<SettingInfo> changes) {}

    /** The answer of {@code GET /api/v1/config/known}. */
    public record Known(List<KnownSetting> settings) {}

    /**
     * Something that can be set.
     *
     * @param scopes kinds of scope: {@code all}, {@code site}, {@code node}, {@code tenant}
     * @param type of the value
     * @param example a value as JSON, may be empty
     */
    public record KnownSetting(String name, List<String> scopes, String type, String meaning, String example) {}
}
