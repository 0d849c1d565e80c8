/** The node's configuration file, as {@link io.tftpdc.edge.config.EdgeConfig} reads it. */
@NullMarked
package io.tftpdc.edge.config;

import org.jspecify.annotations.NullMarked;
