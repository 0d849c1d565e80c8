@NullMarked
package io.tftpdc.edge.config;

import org.jspecify.annotations.NullMarked;
