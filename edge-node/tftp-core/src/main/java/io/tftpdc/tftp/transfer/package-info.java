/**
 * What happens in a transfer, as a pure function of its state and its next input.
 *
 * <p>Read {@link io.tftpdc.tftp.transfer.ReadTransfer} first; its comment draws the states. Nothing here touches file
 * bytes, sockets, clocks or randomness: time comes in as an {@link io.tftpdc.tftp.transfer.Input} and goes out as an
 * {@link io.tftpdc.tftp.transfer.Action}, so a twenty-minute lossy transfer is tested in milliseconds.
 */
@NullMarked
package io.tftpdc.tftp.transfer;

import org.jspecify.annotations.NullMarked;
