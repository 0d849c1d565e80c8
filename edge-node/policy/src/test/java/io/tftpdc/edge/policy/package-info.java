@NullMarked
package io.tftpdc.edge.policy;

import org.jspecify.annotations.NullMarked;
