@NullMarked
package io.tftpdc.projection;

import org.jspecify.annotations.NullMarked;
