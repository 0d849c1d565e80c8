@NullMarked
package io.tftpdc.edge.control;

import org.jspecify.annotations.NullMarked;
