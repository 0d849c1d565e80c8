@NullMarked
package io.tftpdc.objects;

import org.jspecify.annotations.NullMarked;
