@NullMarked
package io.tftpdc.placement;

import org.jspecify.annotations.NullMarked;
