@NullMarked
package io.tftpdc.tftp.transfer;

import org.jspecify.annotations.NullMarked;
