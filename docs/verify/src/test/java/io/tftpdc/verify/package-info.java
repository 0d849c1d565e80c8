/**
 * Tests that hold architecture, documents and tidiness to the code: {@link io.tftpdc.verify.ArchitectureTest},
 * {@link io.tftpdc.verify.DocumentationTest}, {@link io.tftpdc.verify.ReferencePagesTest} and
 * {@link io.tftpdc.verify.TidinessTest}.
 */
@NullMarked
package io.tftpdc.verify;

import org.jspecify.annotations.NullMarked;
