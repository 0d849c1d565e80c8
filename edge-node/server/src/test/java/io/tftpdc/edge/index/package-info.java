@NullMarked
package io.tftpdc.edge.index;

import org.jspecify.annotations.NullMarked;
