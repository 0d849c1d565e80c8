@NullMarked
package io.tftpdc.dns;

import org.jspecify.annotations.NullMarked;
