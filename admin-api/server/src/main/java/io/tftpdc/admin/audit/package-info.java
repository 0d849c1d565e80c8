/** Who did what. Start with {@link io.tftpdc.admin.audit.AuditLog}. */
@NullMarked
package io.tftpdc.admin.audit;

import org.jspecify.annotations.NullMarked;
