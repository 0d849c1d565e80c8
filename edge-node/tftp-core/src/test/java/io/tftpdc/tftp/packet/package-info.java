@NullMarked
package io.tftpdc.tftp.packet;

import org.jspecify.annotations.NullMarked;
