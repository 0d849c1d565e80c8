/**
 * {@link io.tftpdc.edge.udp.UdpBatch} with java.lang.foreign, which is final from Java 22 on. Compiled for that version
 * and loaded by name only there; everything else runs on Java 21.
 */
@NullMarked
package io.tftpdc.edge.udp.ffm;

import org.jspecify.annotations.NullMarked;
