@NullMarked
package io.tftpdc.edge.settings;

import org.jspecify.annotations.NullMarked;
