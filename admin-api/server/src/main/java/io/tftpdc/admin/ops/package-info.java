/** Health, metrics and the way around. Start with {@link io.tftpdc.admin.ops.OpsResource}. */
@NullMarked
package io.tftpdc.admin.ops;

import org.jspecify.annotations.NullMarked;
