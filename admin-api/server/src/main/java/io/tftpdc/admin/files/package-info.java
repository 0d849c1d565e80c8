/** Publishing, fetching and listing files. Start with {@link io.tftpdc.admin.files.FilesResource}. */
@NullMarked
package io.tftpdc.admin.files;

import org.jspecify.annotations.NullMarked;
