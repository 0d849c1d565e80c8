/** That what measures works at all. */
@NullMarked
package io.tftpdc.edge.benchmark;

import org.jspecify.annotations.NullMarked;
