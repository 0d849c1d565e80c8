@NullMarked
package io.tftpdc.admin.placement;

import org.jspecify.annotations.NullMarked;
