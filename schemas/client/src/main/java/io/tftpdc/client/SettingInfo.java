package io.tftpdc.client;

import org.jspecify.annotations.Nullable;

/**
 * A change of a setting.
 *
 * @param name such as {@code names.ignore-case}
 * @param scope {@code all}, {@code site/SITE}, {@code node/SITE/NODE} or {@code tenant/TENANT}
 * @param value as JSON text; null when it was unset
 * @param changedAt wall clock of the site where it was changed, RFC 3339
 * @param origin that site
 * @param actor who changed it
 * @param stamp decides between two changes
 */
public record SettingInfo(
        String name,
        String scope,
        @Nullable String value,
        String changedAt,
        String origin,
        String actor,
        String stamp) {}
