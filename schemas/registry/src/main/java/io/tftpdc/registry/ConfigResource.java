package io.tftpdc.registry;

import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import java.util.Optional;

/** Compatibility levels of the registry and of subjects. */
@Path("/config")
@Produces({Api.V1_JSON, Api.VENDOR_JSON, Api.PLAIN_JSON})
public final class ConfigResource {

    private final SchemasTopic topic;
    private final RegistryRules rules;

    ConfigResource(SchemasTopic topic, RegistryRules rules) {
        this.topic = topic;
        this.rules = rules;
    }

    @GET
    public Api.Level global() {
        return new Api.Level(rules.globalLevel(topic.store()).name());
    }

    @PUT
    public Api.LevelUpdate setGlobal(String body) {
        return set(Optional.empty(), body);
    }

    @DELETE
    public Api.Level resetGlobal() {
        return reset(Optional.empty());
    }

    @GET
    @Path("/{subject}")
    public Api.Level ofSubject(
            @PathParam("subject") String subject, @QueryParam("defaultToGlobal") boolean defaultToGlobal) {
        SubjectStore store = topic.store();
        Optional<CompatibilityLevel> level =
                defaultToGlobal ? Optional.of(rules.level(store, subject)) : store.ownLevel(subject);
        return new Api.Level(
                Api.required(level, RegistryError.levelNotConfigured(subject)).name());
    }

    @PUT
    @Path("/{subject}")
    public Api.LevelUpdate setOfSubject(@PathParam("subject") String subject, String body) {
        return set(Optional.of(subject), body);
    }

    @DELETE
    @Path("/{subject}")
    public Api.Level resetOfSubject(@PathParam("subject") String subject) {
        return reset(Optional.of(subject));
    }

    private Api.LevelUpdate set(Optional<String> subject, String body) {
        Optional<CompatibilityLevel> level = Optional.of(Api.level(body));
        return new Api.LevelUpdate(
                topic.write(store -> rules.setLevel(store, subject, level)).name());
    }

    private Api.Level reset(Optional<String> subject) {
        return new Api.Level(topic.write(store -> rules.setLevel(store, subject, Optional.empty()))
                .name());
    }
}
