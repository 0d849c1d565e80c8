/** Who may use a data directory: one process at a time, of the version that wrote it. See {@link io.tftpdc.runtime.directory.DataDirectory}. */
@NullMarked
package io.tftpdc.runtime.directory;

import org.jspecify.annotations.NullMarked;
