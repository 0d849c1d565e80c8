package io.tftpdc.registry;

import java.util.Optional;

/** One record of the topic {@code _schemas}, in the words of this package. The latest of a key counts. */
public sealed interface RegistryRecord {

    /** A version of a subject; with {@code deleted} it is hidden but can still be found by id. */
    record VersionSet(RegisteredSchema version) implements RegistryRecord {}

    /** A version was deleted for good. */
    record VersionRemoved(String subject, int version) implements RegistryRecord {}

    /** The level of a subject, or of the whole registry where there is no subject; absent: no own level any more. */
    record LevelSet(Optional<String> subject, Optional<CompatibilityLevel> level) implements RegistryRecord {}

    /** The mode of a subject, or of the whole registry where there is no subject; absent: no own mode any more. */
    record ModeSet(Optional<String> subject, Optional<Mode> mode) implements RegistryRecord {}

    /** A record that this version does not understand; it is counted and changes nothing. */
    record Unknown(String why) implements RegistryRecord {}
}
