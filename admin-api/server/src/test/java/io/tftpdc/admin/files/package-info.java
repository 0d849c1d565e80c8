@NullMarked
package io.tftpdc.admin.files;

import org.jspecify.annotations.NullMarked;
