package io.tftpdc.registry;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What clients ask a registry about itself. */
@Path("/")
@Produces({Api.V1_JSON, Api.VENDOR_JSON, Api.PLAIN_JSON})
public final class MetadataResource {

    private final String kafkaCluster;
    private final String topic;

    MetadataResource(String kafkaCluster, String topic) {
        this.kafkaCluster = kafkaCluster;
        this.topic = topic;
    }

    @GET
    public Map<String, String> root() {
        return Map.of();
    }

    /** Only the default context: subjects have no name spaces here. */
    @GET
    @Path("/contexts")
    public List<String> contexts() {
        return List.of(".");
    }

    @GET
    @Path("/v1/metadata/id")
    public Map<String, Object> id() {
        return Map.of(
                "id",
                "",
                "scope",
                Map.of(
                        "path",
                        List.of(),
                        "clusters",
                        Map.of("kafka-cluster", kafkaCluster, "schema-registry-cluster", topic)));
    }

    @GET
    @Path("/v1/metadata/version")
    public Map<String, String> version() {
        String version = Objects.requireNonNullElse(
                MetadataResource.class.getPackage().getImplementationVersion(), "development");
        return Map.of(
                "version",
                version,
                "commitId",
                Optional.ofNullable(System.getProperty("tftpdc.commit")).orElse(""));
    }
}
