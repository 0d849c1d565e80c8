/** Where clients are sent, over REST. Start with {@link io.tftpdc.admin.placement.PlacementResource}. */
@NullMarked
package io.tftpdc.admin.placement;

import org.jspecify.annotations.NullMarked;
