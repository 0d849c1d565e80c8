/**
 * What a client may have, and how much of it: {@link io.tftpdc.edge.policy.RequestPolicy} decides by name, tenant and
 * client, {@link io.tftpdc.edge.policy.RequestLimits} by number and rate. Read those two first.
 *
 * <p>Nothing here knows a socket or a clock: times come in as monotonic nanoseconds.
 */
@NullMarked
package io.tftpdc.edge.policy;

import org.jspecify.annotations.NullMarked;
