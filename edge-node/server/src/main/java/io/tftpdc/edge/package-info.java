/**
 * The edge node: {@link io.tftpdc.edge.EdgeNode} puts its parts together. They are, in the order of reading:
 * {@code index} (what files there are), {@code content} (their bytes), {@code policy} (who may have what, and how much),
 * {@code net} (TFTP), {@code upload}, {@code http}, {@code journal} (what happened) and {@code config}.
 */
@NullMarked
package io.tftpdc.edge;

import org.jspecify.annotations.NullMarked;
