/**
 * What every process of the system shares: its configuration file, its health, its metrics and the small HTTP server
 * that shows them. Read {@link io.tftpdc.runtime.OpsServer} first.
 *
 * <p>{@code OpsServer} is built on {@code com.sun.net.httpserver} because that ships with the JDK: health and metrics
 * must answer in processes that carry no web framework (edge node, streams processors, mirror), at the price of no
 * further jar and a few milliseconds of start-up. Processes that have Dropwizard anyway serve the same three paths
 * with the same {@link io.tftpdc.runtime.HealthRegistry} and {@link io.tftpdc.runtime.Metrics}.
 */
@NullMarked
package io.tftpdc.runtime;

import org.jspecify.annotations.NullMarked;
