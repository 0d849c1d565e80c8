/** Which nodes there are and whether they agree. Start with {@link io.tftpdc.admin.nodes.NodesResource}. */
@NullMarked
package io.tftpdc.admin.nodes;

import org.jspecify.annotations.NullMarked;
