/**
 * The edge node's TFTP server as the load benchmark runs it: the real listener over the real content store, without
 * Kafka. Read {@link io.tftpdc.edge.benchmark.BenchmarkServer} first.
 */
@NullMarked
package io.tftpdc.edge.benchmark;

import org.jspecify.annotations.NullMarked;
