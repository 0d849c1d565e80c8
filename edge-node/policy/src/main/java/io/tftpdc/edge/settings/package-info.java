/**
 * What an operator says of clients and content, in {@code edge.yaml} and while nodes run, and how it is written. Start
 * with {@link io.tftpdc.edge.settings.Setting}.
 */
@NullMarked
package io.tftpdc.edge.settings;

import org.jspecify.annotations.NullMarked;
