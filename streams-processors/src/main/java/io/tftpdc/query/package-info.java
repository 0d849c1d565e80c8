/**
 * Questions about the file index, answered over HTTP from the stores that the projections build. Read
 * {@link io.tftpdc.query.FileIndexQuery} first: its comment is the contract.
 */
@NullMarked
package io.tftpdc.query;

import org.jspecify.annotations.NullMarked;
