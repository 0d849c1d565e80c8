/** What every resource shares: errors as problem documents, timers, the listener. Start with {@link io.tftpdc.admin.http.Problem}. */
@NullMarked
package io.tftpdc.admin.http;

import org.jspecify.annotations.NullMarked;
