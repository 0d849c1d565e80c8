/**
 * A site's mirror as its file describes it ({@link io.tftpdc.mirror.site.SiteFile}), and whether the clusters that the
 * file names fit it ({@link io.tftpdc.mirror.site.SiteCheck}, the place to begin). Needs nothing but Kafka's clients, so
 * the command line can use it, whose class path must not hold Connect.
 */
@NullMarked
package io.tftpdc.mirror.site;

import org.jspecify.annotations.NullMarked;
