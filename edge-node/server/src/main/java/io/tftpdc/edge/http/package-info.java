/**
 * The node's HTTP port: files for clients that speak HTTP rather than TFTP, health, metrics and status. Read
 * {@link io.tftpdc.edge.http.HttpPipeline} first; {@link io.tftpdc.edge.http.EdgeHttpServer} starts and stops it.
 */
@NullMarked
package io.tftpdc.edge.http;

import org.jspecify.annotations.NullMarked;
