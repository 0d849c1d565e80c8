/** Small things that every processor needs. Start with {@link io.tftpdc.streams.kit.Rejections}. */
@NullMarked
package io.tftpdc.streams.kit;

import org.jspecify.annotations.NullMarked;
