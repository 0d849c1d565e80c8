@NullMarked
package io.tftpdc.admin.tenants;

import org.jspecify.annotations.NullMarked;
