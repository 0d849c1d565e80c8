/**
 * Starts the whole system as one supervised process tree. Read {@link io.tftpdc.launcher.SiteLaunch} first: it
 * lists the parts in the order in which they start.
 */
@NullMarked
package io.tftpdc.launcher;

import org.jspecify.annotations.NullMarked;
