@NullMarked
package io.tftpdc.objects.s3;

import org.jspecify.annotations.NullMarked;
