/** The {@code tftpdc} command line. Read {@link io.tftpdc.cli.TftpdcCommand} first; each subcommand is one class. */
@NullMarked
package io.tftpdc.cli;

import org.jspecify.annotations.NullMarked;
