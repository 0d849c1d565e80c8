/** What tests of object stores need, here and in other modules. */
@NullMarked
package io.tftpdc.objects.testing;

import org.jspecify.annotations.NullMarked;
