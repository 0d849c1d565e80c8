@NullMarked
package io.tftpdc.edge.upload;

import org.jspecify.annotations.NullMarked;
