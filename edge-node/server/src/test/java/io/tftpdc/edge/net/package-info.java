@NullMarked
package io.tftpdc.edge.net;

import org.jspecify.annotations.NullMarked;
