@NullMarked
package io.tftpdc.query;

import org.jspecify.annotations.NullMarked;
