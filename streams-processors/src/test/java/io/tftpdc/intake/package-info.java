@NullMarked
package io.tftpdc.intake;

import org.jspecify.annotations.NullMarked;
