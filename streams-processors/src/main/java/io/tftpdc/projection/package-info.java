/**
 * File events become the file index, content becomes content locations: pure folds in thin Kafka Streams processors.
 * Read {@link io.tftpdc.projection.FileIndexTopology} first; it lists the stages in order.
 */
@NullMarked
package io.tftpdc.projection;

import org.jspecify.annotations.NullMarked;
