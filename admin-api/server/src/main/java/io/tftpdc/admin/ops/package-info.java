/** The way around: what the API offers. Start with {@link io.tftpdc.admin.ops.OverviewResource}. */
@NullMarked
package io.tftpdc.admin.ops;

import org.jspecify.annotations.NullMarked;
