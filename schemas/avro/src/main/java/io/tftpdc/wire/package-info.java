/**
 * How events are written: Avro schemas in the Confluent wire format, and the mappers between them and the model. Avro's
 * types stay inside this package. Start with {@link io.tftpdc.wire.ConfluentWireFormat}.
 */
@NullMarked
package io.tftpdc.wire;

import org.jspecify.annotations.NullMarked;
