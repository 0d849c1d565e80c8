package io.tftpdc.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;

class DerivedSchemaIdsTest {
    private static final Schema SCHEMA = Formats.FILE_EVENT.schema().orElseThrow();

    private final DerivedSchemaIds ids = new DerivedSchemaIds();

    @Test
    void anIdDependsOnTheSchemaAloneAndNotOnWhoAsks() {
        int here = ids.idOf("tftp.file-events-value", SCHEMA);
        int there =
                new DerivedSchemaIds().idOf("dc1.tftp.file-events-value", new Schema.Parser().parse(SCHEMA.toString()));

        assertThat(here).isEqualTo(there).isPositive();
        assertThat(ids.schemaOf(here)).isEqualTo(SCHEMA);
    }

    @Test
    void anIdIsTheFirst31BitsOfTheSha256OfTheJson() {
        // printf '"string"' | sha256sum begins with e9e5c1c9.
        assertThat(DerivedSchemaIds.derive("\"string\"")).isEqualTo(0xe9e5c1c9 >>> 1);
    }

    @Test
    void aSchemaThatNobodyAskedForIsNotKnown() {
        assertThatThrownBy(() -> ids.schemaOf(5))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("5");
    }
}
