/** REST administration. {@link io.tftpdc.admin.AdminServer} starts and wires it; each feature has a package of its own. */
@NullMarked
package io.tftpdc.admin;

import org.jspecify.annotations.NullMarked;
