package io.tftpdc.registry;

/**
 * A schema as a version of a subject.
 *
 * @param version counted from 1
 * @param deleted hidden, but data written with it can still be read
 */
public record RegisteredSchema(String subject, int version, int id, SchemaContent content, boolean deleted) {

    RegisteredSchema asDeleted() {
        return new RegisteredSchema(subject, version, id, content, true);
    }
}
