package io.tftpdc.registry;

/**
 * A type that a schema uses without containing it.
 *
 * @param name the full name of the type
 * @param subject where it is registered
 * @param version its version there
 */
public record SchemaReference(String name, String subject, int version) {}
