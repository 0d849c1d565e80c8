package io.tftpdc.streams;

import io.micrometer.core.instrument.MeterRegistry;
import io.tftpdc.client.NodeReporter;
import io.tftpdc.event.NodeReported;
import io.tftpdc.event.SiteName;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the reports of a streams process: where it is asked, and how far the site's index has read. */
final class StreamsReporter implements NodeReporter.Report {
    private static final Logger LOG = LoggerFactory.getLogger(StreamsReporter.class);

    private final ProcessorsConfig config;
    private final String address;
    private final Admin admin;
    private final StreamsApp index;
    private final MeterRegistry meters;
    private final long startedAtMillis = System.currentTimeMillis();
    private final SettledOffsets settled;
    private List<NodeReported.Position> positions = List.of();

    /** @param address where queries are answered, {@code host:port} */
    StreamsReporter(ProcessorsConfig config, String address, Admin admin, StreamsApp index, MeterRegistry meters) {
        this.config = config;
        this.address = address;
        this.admin = admin;
        this.index = index;
        this.meters = meters;
        this.settled = new SettledOffsets(config.kafka().clientSettings(), index.name() + "-position");
    }

    /** Runs on the reporter's thread. */
    @Override
    public NodeReported now(boolean stopping) {
        if (stopping) {
            settled.close();
        }
        SiteName site = new SiteName(config.site());
        return new NodeReported(
                site,
                config.node(),
                NodeReporter.version(StreamsProcessors.class),
                stopping ? "STOPPED" : index.readiness().up() ? "READY" : "STARTING",
                startedAtMillis,
                System.currentTimeMillis(),
                0,
                (long) meters.get("tftpdc.index.files").gauge().value(),
                0,
                0,
                Map.of(),
                stopping ? positions : look(),
                "streams",
                Map.of("http", address),
                site,
                0);
    }

    /** The last known positions when Kafka does not answer. */
    private List<NodeReported.Position> look() {
        try {
            positions = GroupPositions.of(admin, index.name(), index.sources(), settled);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            LOG.atDebug().setCause(e).log("Could not look how far the index has read");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return positions;
    }
}
