/**
 * The golden event logs: what was said and what every reader must make of it. Start with
 * {@link io.tftpdc.golden.GoldenLog}. Published as a test jar, so that the fold, the topology and the edge node's view
 * replay the same logs.
 */
@NullMarked
package io.tftpdc.golden;

import org.jspecify.annotations.NullMarked;
