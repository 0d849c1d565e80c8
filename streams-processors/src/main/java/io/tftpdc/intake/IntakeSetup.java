package io.tftpdc.intake;

import io.tftpdc.event.HybridClock;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.ClockSkew;

/**
 * What the intake needs to know.
 *
 * @param site origin of the events that it writes
 * @param clock the process's clock, shared with all that reads or writes events
 * @param skew how far ahead of ours a broker's clock is believed
 */
public record IntakeSetup(SiteName site, HybridClock clock, ClockSkew skew, IntakeLimits limits) {}
