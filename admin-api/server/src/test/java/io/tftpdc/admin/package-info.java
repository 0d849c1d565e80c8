@NullMarked
package io.tftpdc.admin;

import org.jspecify.annotations.NullMarked;
