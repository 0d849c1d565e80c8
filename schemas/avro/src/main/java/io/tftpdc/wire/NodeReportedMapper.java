package io.tftpdc.wire;

import io.tftpdc.event.NodeReported;
import io.tftpdc.event.SiteName;
import io.tftpdc.wire.avro.TopicPosition;
import org.apache.avro.Schema;

final class NodeReportedMapper implements AvroMapper<NodeReported, io.tftpdc.wire.avro.NodeReported> {

    @Override
    public Schema schema() {
        return io.tftpdc.wire.avro.NodeReported.getClassSchema();
    }

    @Override
    public io.tftpdc.wire.avro.NodeReported toAvro(NodeReported report) {
        return io.tftpdc.wire.avro.NodeReported.newBuilder()
                .setSite(report.site().value())
                .setNode(report.node())
                .setVersion(report.version())
                .setState(report.state())
                .setStartedAtMillis(report.startedAtMillis())
                .setReportedAtMillis(report.reportedAtMillis())
                .setActiveTransfers(report.activeTransfers())
                .setIndexEntries(report.indexEntries())
                .setContentBytes(report.contentBytes())
                .setStalenessMillis(report.stalenessMillis())
                .setDigests(report.digests())
                .setPositions(report.positions().stream()
                        .map(at -> new TopicPosition(at.topic(), at.partition(), at.position(), at.endOffset()))
                        .toList())
                .setRole(report.role())
                .setAddresses(report.addresses())
                .setCluster(report.cluster().value())
                .setCapacity(report.capacity())
                .setConfiguration(report.configuration())
                .setConfigurationProblem(report.configurationProblem())
                .build();
    }

    @Override
    public NodeReported fromAvro(io.tftpdc.wire.avro.NodeReported written) {
        SiteName site = new SiteName(written.getSite());
        return new NodeReported(
                site,
                written.getNode(),
                written.getVersion(),
                written.getState(),
                written.getStartedAtMillis(),
                written.getReportedAtMillis(),
                written.getActiveTransfers(),
                written.getIndexEntries(),
                written.getContentBytes(),
                written.getStalenessMillis(),
                written.getDigests(),
                written.getPositions().stream()
                        .map(at -> new NodeReported.Position(
                                at.getTopic(), at.getPartition(), at.getPosition(), at.getEndOffset()))
                        .toList(),
                written.getRole(),
                written.getAddresses(),
                written.getCluster().isEmpty() ? site : new SiteName(written.getCluster()),
                written.getCapacity(),
                written.getConfiguration(),
                written.getConfigurationProblem());
    }
}
