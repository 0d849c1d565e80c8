@NullMarked
package io.tftpdc.edge.journal;

import org.jspecify.annotations.NullMarked;
