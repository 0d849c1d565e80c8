@NullMarked
package io.tftpdc.mirror.site;

import org.jspecify.annotations.NullMarked;
