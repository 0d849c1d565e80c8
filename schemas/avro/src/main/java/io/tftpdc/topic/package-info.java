/**
 * Every topic of the system as a typed constant with its settings. Start with {@link io.tftpdc.topic.Topics}.
 */
@NullMarked
package io.tftpdc.topic;

import org.jspecify.annotations.NullMarked;
