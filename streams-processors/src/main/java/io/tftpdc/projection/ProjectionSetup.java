package io.tftpdc.projection;

import io.tftpdc.event.HybridClock;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.ClockSkew;

/**
 * What the projections need to know.
 *
 * @param site where this runs
 * @param node name of this process within the site
 * @param clock the process's clock: it learns the time of every event that is accepted
 * @param skew how far in the future an event may be
 */
public record ProjectionSetup(SiteName site, String node, HybridClock clock, ClockSkew skew) {}
