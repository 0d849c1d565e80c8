/** Small topics held in memory. Start with {@link io.tftpdc.admin.feed.TopicFollower}. */
@NullMarked
package io.tftpdc.admin.feed;

import org.jspecify.annotations.NullMarked;
