@NullMarked
package io.tftpdc.edge.udp;

import org.jspecify.annotations.NullMarked;
