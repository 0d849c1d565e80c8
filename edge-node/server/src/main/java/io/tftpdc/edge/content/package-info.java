/**
 * What the edge node serves and where it comes from. The TFTP and HTTP shells see it only through
 * {@link io.tftpdc.edge.content.FileSource} (read this first), {@link io.tftpdc.edge.content.OpenFile} and
 * {@link io.tftpdc.edge.content.TransferListener}.
 */
@NullMarked
package io.tftpdc.edge.content;

import org.jspecify.annotations.NullMarked;
