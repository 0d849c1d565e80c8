/**
 * The node's own copy of the site's file index and content locations, in RocksDB. Read
 * {@link io.tftpdc.edge.index.FileIndexView} first: it follows Kafka and answers look-ups;
 * {@code IndexStore} is what it keeps on disk and {@code Freshness} knows how current that is.
 */
@NullMarked
package io.tftpdc.edge.index;

import org.jspecify.annotations.NullMarked;
