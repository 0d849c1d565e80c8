/**
 * How sites find out that their indexes differ, and mend it. Start with
 * {@link io.tftpdc.index.convergence.DigestReport}, what they tell one another; {@link
 * io.tftpdc.index.convergence.RepairPlan} decides what to do about a difference.
 */
@NullMarked
package io.tftpdc.index.convergence;

import org.jspecify.annotations.NullMarked;
