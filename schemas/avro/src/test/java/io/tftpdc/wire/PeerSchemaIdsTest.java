package io.tftpdc.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;

class PeerSchemaIdsTest {
    private static final Schema SCHEMA = Schema.create(Schema.Type.STRING);
    private static final SchemaIds AWAY = failing(new SchemaRegistryUnavailableException("away", null));

    private final DerivedSchemaIds there = new DerivedSchemaIds();

    @Test
    void aPeersRegistryAnswersForOneThatIsAway() {
        SchemaIds ids = new PeerSchemaIds(List.of(AWAY, there));

        int id = ids.idOf("s", SCHEMA);

        assertThat(id).isEqualTo(there.idOf("s", SCHEMA));
        assertThat(ids.schemaOf(id)).isEqualTo(SCHEMA);
    }

    @Test
    void whatARegistryRefusesNobodyElseIsAsked() {
        SchemaIds ids = new PeerSchemaIds(List.of(failing(new SerializationException("incompatible")), there));

        assertThatThrownBy(() -> ids.idOf("s", SCHEMA)).hasMessage("incompatible");
    }

    @Test
    void whenAllAreAwayThatIsSaid() {
        SchemaIds ids = new PeerSchemaIds(List.of(AWAY, AWAY));

        assertThatThrownBy(() -> ids.schemaOf(1)).isInstanceOf(SchemaRegistryUnavailableException.class);
    }

    private static SchemaIds failing(RuntimeException failure) {
        return new SchemaIds() {
            @Override
            public int idOf(String subject, Schema schema) {
                throw failure;
            }

            @Override
            public Schema schemaOf(int id) {
                throw failure;
            }
        };
    }
}
