/**
 * Uploads: files that clients send, kept so that what was acknowledged is never lost.
 *
 * <p>Begin with {@link io.tftpdc.edge.upload.UploadService}, which draws the way of the bytes.
 */
@NullMarked
package io.tftpdc.edge.upload;

import org.jspecify.annotations.NullMarked;
