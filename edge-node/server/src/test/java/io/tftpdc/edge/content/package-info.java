@NullMarked
package io.tftpdc.edge.content;

import org.jspecify.annotations.NullMarked;
