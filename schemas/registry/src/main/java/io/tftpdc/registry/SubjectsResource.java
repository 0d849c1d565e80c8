package io.tftpdc.registry;

import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import java.util.Set;

/** Subjects and their versions. */
@Path("/subjects")
@Produces({Api.V1_JSON, Api.VENDOR_JSON, Api.PLAIN_JSON})
public final class SubjectsResource {

    private final SchemasTopic topic;
    private final RegistryRules rules;

    SubjectsResource(SchemasTopic topic, RegistryRules rules) {
        this.topic = topic;
        this.rules = rules;
    }

    @GET
    public List<String> subjects(
            @QueryParam("subjectPrefix") @DefaultValue("") String prefix,
            @QueryParam("deleted") boolean withDeleted,
            @QueryParam("offset") @DefaultValue("0") int offset,
            @QueryParam("limit") @DefaultValue("-1") int limit) {
        return Api.page(topic.store().subjects(prefix, withDeleted), offset, limit);
    }

    /** Finds a schema among the versions of a subject. */
    @POST
    @Path("/{subject}")
    public Api.Version lookup(
            @PathParam("subject") String subject, @QueryParam("deleted") boolean withDeleted, String body) {
        return Api.Version.of(Api.answer(rules.lookup(topic.store(), subject, Api.candidate(body), withDeleted)));
    }

    @DELETE
    @Path("/{subject}")
    public List<Integer> deleteSubject(
            @PathParam("subject") String subject, @QueryParam("permanent") boolean permanent) {
        return topic.write(store -> rules.deleteSubject(store, subject, permanent));
    }

    @GET
    @Path("/{subject}/versions")
    public List<Integer> versions(
            @PathParam("subject") String subject,
            @QueryParam("deleted") boolean withDeleted,
            @QueryParam("offset") @DefaultValue("0") int offset,
            @QueryParam("limit") @DefaultValue("-1") int limit) {
        List<RegisteredSchema> versions = topic.store().versions(subject, withDeleted);
        if (versions.isEmpty()) {
            throw new RegistryException(RegistryError.subjectNotFound(subject));
        }
        return Api.page(versions.stream().map(RegisteredSchema::version).toList(), offset, limit);
    }

    /** Registers; {@code normalize} is accepted and changes nothing, since ids are those of the canonical form anyway. */
    @POST
    @Path("/{subject}/versions")
    public Api.Id register(@PathParam("subject") String subject, String body) {
        RegistryRules.Candidate candidate = Api.candidate(body);
        return new Api.Id(
                topic.write(store -> rules.register(store, subject, candidate)).id());
    }

    @GET
    @Path("/{subject}/versions/{version}")
    public Api.Version version(
            @PathParam("subject") String subject,
            @PathParam("version") String version,
            @QueryParam("deleted") boolean withDeleted) {
        return Api.Version.of(find(subject, version, withDeleted));
    }

    @GET
    @Path("/{subject}/versions/{version}/schema")
    public String schema(
            @PathParam("subject") String subject,
            @PathParam("version") String version,
            @QueryParam("deleted") boolean withDeleted) {
        return find(subject, version, withDeleted).content().text();
    }

    @GET
    @Path("/{subject}/versions/{version}/referencedby")
    public Set<Integer> referencedBy(@PathParam("subject") String subject, @PathParam("version") String version) {
        return topic.store().referencedBy(subject, find(subject, version, true).version(), false);
    }

    @DELETE
    @Path("/{subject}/versions/{version}")
    public int deleteVersion(
            @PathParam("subject") String subject,
            @PathParam("version") String version,
            @QueryParam("permanent") boolean permanent) {
        VersionSpec spec = Api.version(version);
        return topic.write(store -> rules.deleteVersion(store, subject, spec, permanent));
    }

    private RegisteredSchema find(String subject, String version, boolean withDeleted) {
        VersionSpec spec = Api.version(version);
        SubjectStore store = topic.store();
        if (store.versions(subject, withDeleted).isEmpty()) {
            throw new RegistryException(RegistryError.subjectNotFound(subject));
        }
        return Api.required(store.version(subject, spec, withDeleted), RegistryError.versionNotFound(spec));
    }
}
