/**
 * The process that runs the Kafka Streams applications of a site. Read {@link io.tftpdc.streams.StreamsProcessors} first.
 */
@NullMarked
package io.tftpdc.streams;

import org.jspecify.annotations.NullMarked;
