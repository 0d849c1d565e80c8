/** What the tests of the edge node share. Start with {@link io.tftpdc.edge.testing.TestSite}. */
@NullMarked
package io.tftpdc.edge.testing;

import org.jspecify.annotations.NullMarked;
