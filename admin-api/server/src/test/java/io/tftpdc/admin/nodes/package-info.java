@NullMarked
package io.tftpdc.admin.nodes;

import org.jspecify.annotations.NullMarked;
