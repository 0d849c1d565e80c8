/**
 * What the whole system takes for an index of full size. Start with {@link io.tftpdc.verify.bench.FullSizeBench}.
 */
@NullMarked
package io.tftpdc.verify.bench;

import org.jspecify.annotations.NullMarked;
