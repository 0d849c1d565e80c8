/**
 * Seeded random values of the model and the loop that runs a property with them. Start with
 * {@link io.tftpdc.property.Seeds}. Published as a test jar.
 */
@NullMarked
package io.tftpdc.property;

import org.jspecify.annotations.NullMarked;
