package io.tftpdc.event;

import java.util.Optional;

/** A change of what an operator configures while the system runs. */
public sealed interface ConfigEvent {
    EventEnvelope envelope();

    /**
     * A tenant exists from now on: its publish topic is there and files may be published.
     *
     * @param description for people, may be empty
     */
    record TenantDefined(EventEnvelope envelope, Tenant tenant, String description) implements ConfigEvent {}

    /**
     * A site was removed for good: nobody waits for it any longer. It comes back by itself when it says something later.
     *
     * @param untilMillis what the site said of itself up to this time, by its own clock, no longer counts
     */
    record SiteForgotten(EventEnvelope envelope, SiteName site, long untilMillis) implements ConfigEvent {}

    /**
     * A setting has another value from now on, for those that the scope names.
     *
     * @param scope for whom
     * @param name of the setting, such as {@code names.ignore-case}
     * @param value as JSON; empty when it is no longer set, so that what is said for less specific scopes holds again
     */
    record SettingChanged(EventEnvelope envelope, ConfigScope scope, String name, Optional<String> value)
            implements ConfigEvent {}

    /** A kind of change that is newer than this program. */
    record UnknownConfigEvent(EventEnvelope envelope, String type) implements ConfigEvent {}
}
