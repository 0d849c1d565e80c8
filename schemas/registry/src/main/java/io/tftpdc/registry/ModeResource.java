package io.tftpdc.registry;

import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import java.util.Optional;

/** What may be written to the registry and to subjects. */
@Path("/mode")
@Produces({Api.V1_JSON, Api.VENDOR_JSON, Api.PLAIN_JSON})
public final class ModeResource {

    private final SchemasTopic topic;
    private final RegistryRules rules;

    ModeResource(SchemasTopic topic, RegistryRules rules) {
        this.topic = topic;
        this.rules = rules;
    }

    @GET
    public Api.ModeBody global() {
        return new Api.ModeBody(topic.store().globalMode().name());
    }

    @PUT
    public Api.ModeBody setGlobal(@QueryParam("force") boolean force, String body) {
        return set(Optional.empty(), Optional.of(Api.mode(body)), force);
    }

    @DELETE
    public Api.ModeBody resetGlobal() {
        return set(Optional.empty(), Optional.empty(), false);
    }

    @GET
    @Path("/{subject}")
    public Api.ModeBody ofSubject(
            @PathParam("subject") String subject, @QueryParam("defaultToGlobal") boolean defaultToGlobal) {
        SubjectStore store = topic.store();
        Optional<Mode> mode = defaultToGlobal ? Optional.of(store.mode(subject)) : store.ownMode(subject);
        return new Api.ModeBody(
                Api.required(mode, RegistryError.modeNotConfigured(subject)).name());
    }

    @PUT
    @Path("/{subject}")
    public Api.ModeBody setOfSubject(
            @PathParam("subject") String subject, @QueryParam("force") boolean force, String body) {
        return set(Optional.of(subject), Optional.of(Api.mode(body)), force);
    }

    @DELETE
    @Path("/{subject}")
    public Api.ModeBody resetOfSubject(@PathParam("subject") String subject) {
        return set(Optional.of(subject), Optional.empty(), false);
    }

    private Api.ModeBody set(Optional<String> subject, Optional<Mode> mode, boolean force) {
        return new Api.ModeBody(
                topic.write(store -> rules.setMode(store, subject, mode, force)).name());
    }
}
