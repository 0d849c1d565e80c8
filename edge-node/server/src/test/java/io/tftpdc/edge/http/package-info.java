@NullMarked
package io.tftpdc.edge.http;

import org.jspecify.annotations.NullMarked;
