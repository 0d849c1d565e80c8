package io.tftpdc.projection;

import io.tftpdc.index.convergence.RepairPlan;

/**
 * What comparing with the peers needs to know.
 *
 * @param plan when a difference is mended
 * @param content brings the bytes of what is announced again
 * @param others what the other sites say beside their digests
 */
public record ConvergenceSetup(RepairPlan.Settings plan, ContentRepair content, OtherSites others) {}
