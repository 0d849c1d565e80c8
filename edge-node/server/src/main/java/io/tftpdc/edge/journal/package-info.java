/**
 * What the node tells Kafka: every transfer, without ever delaying one, and how the node is. Start with
 * {@link io.tftpdc.edge.journal.TransferJournal}.
 */
@NullMarked
package io.tftpdc.edge.journal;

import org.jspecify.annotations.NullMarked;
