/**
 * What the events mean: the convergent file index. Start with {@link io.tftpdc.index.FileIndexFold}.
 */
@NullMarked
package io.tftpdc.index;

import org.jspecify.annotations.NullMarked;
