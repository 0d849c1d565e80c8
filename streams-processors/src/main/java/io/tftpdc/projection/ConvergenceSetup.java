package io.tftpdc.projection;

import io.tftpdc.index.convergence.RepairPlan;

/**
 * What comparing with the peers needs to know.
 *
 * @param plan when a difference is mended
 * @param content brings the bytes of what is announced again
 */
public record ConvergenceSetup(RepairPlan.Settings plan, ContentRepair content) {}
