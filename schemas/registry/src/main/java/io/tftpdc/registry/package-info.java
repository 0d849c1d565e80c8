/**
 * A schema registry that speaks the Confluent REST API and keeps everything in the compacted Kafka topic
 * {@code _schemas}, so that a newcomer needs no further service; production may point at any other by URL.
 *
 * <p>Read {@link io.tftpdc.registry.SubjectStore} first (the state, folded from the topic's records), then
 * {@link io.tftpdc.registry.RegistryRules} (requests decided into records, or refused). Both are pure.
 * {@link io.tftpdc.registry.SchemasTopic} is the Kafka shell around them, the {@code *Resource} classes are the HTTP
 * shell, and {@link io.tftpdc.registry.EmbeddedRegistry} starts it all.
 */
@NullMarked
package io.tftpdc.registry;

import org.jspecify.annotations.NullMarked;
