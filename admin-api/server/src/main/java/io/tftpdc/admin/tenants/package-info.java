/** Which tenants there are. Start with {@link io.tftpdc.admin.tenants.TenantsResource}. */
@NullMarked
package io.tftpdc.admin.tenants;

import org.jspecify.annotations.NullMarked;
