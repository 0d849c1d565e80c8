@NullMarked
package io.tftpdc.streams;

import org.jspecify.annotations.NullMarked;
