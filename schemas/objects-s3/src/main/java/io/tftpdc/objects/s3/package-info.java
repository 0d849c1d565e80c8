/** Objects in S3 and in stores that speak its language. Begin with {@link io.tftpdc.objects.s3.S3ObjectStore}. */
@NullMarked
package io.tftpdc.objects.s3;

import org.jspecify.annotations.NullMarked;
