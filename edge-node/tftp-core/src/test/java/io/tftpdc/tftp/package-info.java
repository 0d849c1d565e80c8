@NullMarked
package io.tftpdc.tftp;

import org.jspecify.annotations.NullMarked;
