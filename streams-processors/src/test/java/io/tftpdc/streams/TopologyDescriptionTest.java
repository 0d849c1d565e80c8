package io.tftpdc.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tftpdc.wire.DerivedSchemaIds;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.kafka.streams.Topology;
import org.junit.jupiter.api.Test;

/**
 * Holds the topologies to their descriptions in {@code src/test/resources/topology}. Names of operators and stores are
 * part of the names of topics and of metrics, so a changed description needs thought: a renamed store is a lost one.
 */
class TopologyDescriptionTest {
    private final DerivedSchemaIds ids = new DerivedSchemaIds();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void publishIntakeIsAsDescribed() throws IOException {
        assertDescribed("publish-intake", Topologies.intake(ids, meters, Duration.ofHours(1)));
    }

    @Test
    void fileIndexIsAsDescribed() throws IOException {
        assertDescribed("file-index", Topologies.index(ids, meters));
    }

    @Test
    void contentLocationsIsAsDescribed() throws IOException {
        assertDescribed("content-locations", Topologies.locations(ids, meters));
    }

    private static void assertDescribed(String name, Topology topology) throws IOException {
        String file = "/topology/" + name + ".txt";
        try (InputStream golden = TopologyDescriptionTest.class.getResourceAsStream(file)) {
            String expected = golden == null ? "" : new String(golden.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(topology.describe().toString().strip())
                    .as("description in src/test/resources%s", file)
                    .isEqualTo(expected.strip());
        }
    }
}
