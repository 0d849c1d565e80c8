/**
 * What operators change while the node runs. Start with {@link io.tftpdc.edge.control.PolicyKeeper}.
 */
@NullMarked
package io.tftpdc.edge.control;

import org.jspecify.annotations.NullMarked;
