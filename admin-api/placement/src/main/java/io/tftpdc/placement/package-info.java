/**
 * Which edge nodes a client is sent to, nearest first. Start with {@link io.tftpdc.placement.Placement}; {@link
 * io.tftpdc.placement.SiteMap} says which site is near whom, {@link io.tftpdc.placement.NodeHistory} who is alive.
 */
@NullMarked
package io.tftpdc.placement;

import org.jspecify.annotations.NullMarked;
