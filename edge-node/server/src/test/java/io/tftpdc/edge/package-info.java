@NullMarked
package io.tftpdc.edge;

import org.jspecify.annotations.NullMarked;
