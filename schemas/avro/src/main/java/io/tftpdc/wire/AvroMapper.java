package io.tftpdc.wire;

import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;

/**
 * Between a type of the model and its Avro record. Nulls of Avro become values here.
 *
 * @param <M> the model's type
 * @param <A> the generated Avro record
 */
interface AvroMapper<M, A extends SpecificRecord> {
    Schema schema();

    A toAvro(M value);

    /** @throws IllegalArgumentException when the record holds what the model refuses, saying what */
    M fromAvro(A written);
}
