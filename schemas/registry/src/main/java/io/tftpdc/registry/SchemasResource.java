package io.tftpdc.registry;

import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Schemas by id: what a consumer asks for. */
@Path("/schemas")
@Produces({Api.V1_JSON, Api.VENDOR_JSON, Api.PLAIN_JSON})
public final class SchemasResource {

    /** How long an unknown id may wait for what another registry has just accepted. */
    private static final Duration CATCH_UP = Duration.ofSeconds(2);

    private final SchemasTopic topic;

    SchemasResource(SchemasTopic topic) {
        this.topic = topic;
    }

    @GET
    public List<Api.Version> schemas(
            @QueryParam("subjectPrefix") @DefaultValue("") String prefix,
            @QueryParam("deleted") boolean withDeleted,
            @QueryParam("latestOnly") boolean latestOnly,
            @QueryParam("offset") @DefaultValue("0") int offset,
            @QueryParam("limit") @DefaultValue("-1") int limit) {
        SubjectStore store = topic.store();
        List<Api.Version> found = store.subjects(prefix, withDeleted).stream()
                .flatMap(subject -> {
                    List<RegisteredSchema> versions = store.versions(subject, withDeleted);
                    return (latestOnly ? List.of(versions.getLast()) : versions).stream();
                })
                .map(Api.Version::of)
                .toList();
        return Api.page(found, offset, limit);
    }

    @GET
    @Path("/types")
    public List<String> types() {
        return List.of("AVRO");
    }

    @GET
    @Path("/ids/{id}")
    public Api.Schema byId(@PathParam("id") int id) {
        return Api.Schema.of(content(id));
    }

    @GET
    @Path("/ids/{id}/schema")
    public String schemaById(@PathParam("id") int id) {
        return content(id).text();
    }

    @GET
    @Path("/ids/{id}/subjects")
    public List<String> subjects(@PathParam("id") int id, @QueryParam("deleted") boolean withDeleted) {
        return versions(id, withDeleted).stream()
                .map(Api.SubjectVersion::subject)
                .distinct()
                .toList();
    }

    @GET
    @Path("/ids/{id}/versions")
    public List<Api.SubjectVersion> versions(@PathParam("id") int id, @QueryParam("deleted") boolean withDeleted) {
        content(id);
        return topic.store()
                .all(withDeleted)
                .filter(version -> version.id() == id)
                .map(version -> new Api.SubjectVersion(version.subject(), version.version()))
                .toList();
    }

    private SchemaContent content(int id) {
        Optional<SchemaContent> known = topic.store().content(id);
        return Api.required(
                known.isPresent() ? known : topic.freshStore(CATCH_UP).content(id), RegistryError.schemaNotFound(id));
    }
}
