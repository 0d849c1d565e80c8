@NullMarked
package io.tftpdc.client;

import org.jspecify.annotations.NullMarked;
