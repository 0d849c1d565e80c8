/** What edge nodes work by, changed while they run. Start with {@link io.tftpdc.admin.config.ConfigResource}. */
@NullMarked
package io.tftpdc.admin.config;

import org.jspecify.annotations.NullMarked;
