/**
 * What was said: events as immutable values, and the words that they are made of. Start with
 * {@link io.tftpdc.event.FileEvent}.
 *
 * <p>Nothing here reads a clock, logs, or knows Kafka or Avro.
 */
@NullMarked
package io.tftpdc.event;

import org.jspecify.annotations.NullMarked;
