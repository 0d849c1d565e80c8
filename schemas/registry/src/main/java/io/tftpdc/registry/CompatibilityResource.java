package io.tftpdc.registry;

import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import java.util.Optional;

/** Whether a schema could be registered, without registering it. */
@Path("/compatibility/subjects/{subject}/versions")
@Produces({Api.V1_JSON, Api.VENDOR_JSON, Api.PLAIN_JSON})
public final class CompatibilityResource {

    private final SchemasTopic topic;
    private final RegistryRules rules;

    CompatibilityResource(SchemasTopic topic, RegistryRules rules) {
        this.topic = topic;
        this.rules = rules;
    }

    @POST
    public Api.Compatibility withRelevantVersions(
            @PathParam("subject") String subject, @QueryParam("verbose") boolean verbose, String body) {
        return check(subject, Optional.empty(), verbose, body);
    }

    @POST
    @Path("/{version}")
    public Api.Compatibility withVersion(
            @PathParam("subject") String subject,
            @PathParam("version") String version,
            @QueryParam("verbose") boolean verbose,
            String body) {
        return check(subject, Optional.of(Api.version(version)), verbose, body);
    }

    private Api.Compatibility check(String subject, Optional<VersionSpec> version, boolean verbose, String body) {
        List<String> reasons = Api.answer(rules.compatibility(topic.store(), subject, Api.candidate(body), version));
        return new Api.Compatibility(reasons.isEmpty(), verbose ? reasons : List.of());
    }
}
