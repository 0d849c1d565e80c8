/**
 * A real Kafka broker (KRaft, one node) that a program starts by itself. Read {@link io.tftpdc.broker.EmbeddedKafka}
 * first; it is the only class that touches Kafka's non-public server API.
 */
@NullMarked
package io.tftpdc.broker;

import org.jspecify.annotations.NullMarked;
