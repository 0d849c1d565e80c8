package io.tftpdc.registry;

import java.util.List;

/**
 * Why a request is refused, with the code that Confluent's clients know.
 *
 * @param code the first three digits are the HTTP status
 */
public record RegistryError(int code, String message) {

    /** The HTTP status that goes with the code. */
    public int httpStatus() {
        return code < 1000 ? code : code / 100;
    }

    static RegistryError subjectNotFound(String subject) {
        return new RegistryError(40401, "Subject '" + subject + "' not found.");
    }

    static RegistryError versionNotFound(VersionSpec version) {
        return new RegistryError(
                40402, "Version " + (version.isLatest() ? "latest" : version.number()) + " not found.");
    }

    static RegistryError schemaNotFound() {
        return new RegistryError(40403, "Schema not found");
    }

    static RegistryError schemaNotFound(int id) {
        return new RegistryError(40403, "Schema " + id + " not found");
    }

    static RegistryError subjectSoftDeleted(String subject) {
        return new RegistryError(
                40404, "Subject '" + subject + "' was soft deleted. Set permanent=true to delete permanently");
    }

    static RegistryError subjectNotSoftDeleted(String subject) {
        return new RegistryError(
                40405, "Subject '" + subject + "' was not deleted first before being permanently deleted");
    }

    static RegistryError versionSoftDeleted(String subject, int version) {
        return new RegistryError(
                40406,
                "Subject '" + subject + "' Version " + version
                        + " was soft deleted. Set permanent=true to delete permanently");
    }

    static RegistryError versionNotSoftDeleted(String subject, int version) {
        return new RegistryError(
                40407,
                "Subject '" + subject + "' Version " + version
                        + " was not deleted first before being permanently deleted");
    }

    static RegistryError levelNotConfigured(String subject) {
        return new RegistryError(
                40408, "Subject '" + subject + "' does not have subject-level compatibility configured");
    }

    static RegistryError modeNotConfigured(String subject) {
        return new RegistryError(40409, "Subject '" + subject + "' does not have subject-level mode configured");
    }

    static RegistryError incompatible(String subject, CompatibilityLevel level, List<String> reasons) {
        return new RegistryError(
                409,
                "Schema being registered is incompatible with an earlier schema for subject \"" + subject
                        + "\" at level " + level + ": " + String.join("; ", reasons));
    }

    static RegistryError invalidSchema(String why) {
        return new RegistryError(42201, why);
    }

    static RegistryError invalidVersion(String text) {
        return new RegistryError(
                42202,
                "The specified version '" + text
                        + "' is not a valid version id. Allowed values are between [1, 2^31-1] and the string"
                        + " \"latest\"");
    }

    static RegistryError invalidLevel(String text) {
        return new RegistryError(
                42203, "Invalid compatibility level '" + text + "'. Valid values are " + CompatibilityLevel.names());
    }

    static RegistryError invalidMode(String text) {
        return new RegistryError(42204, "Invalid mode '" + text + "'. Valid values are " + Mode.names());
    }

    static RegistryError notPermitted(String why) {
        return new RegistryError(42205, why);
    }

    static RegistryError referenced(String subject, int version) {
        return new RegistryError(
                42206,
                "One or more references exist to version " + version + " of subject '" + subject
                        + "'. Delete the schemas that refer to it first");
    }

    static RegistryError storeFailed(String why) {
        return new RegistryError(50001, "Error in the backend data store: " + why);
    }

    static RegistryError storeTimedOut(String why) {
        return new RegistryError(50002, "Operation timed out: " + why);
    }
}
