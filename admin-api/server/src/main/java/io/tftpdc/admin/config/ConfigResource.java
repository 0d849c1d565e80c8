package io.tftpdc.admin.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.tftpdc.admin.audit.AuditLog;
import io.tftpdc.admin.audit.AuditLog.Deed;
import io.tftpdc.admin.http.Problem;
import io.tftpdc.client.SettingInfo;
import io.tftpdc.client.SettingsPage;
import io.tftpdc.edge.settings.Setting;
import io.tftpdc.edge.settings.Settings;
import io.tftpdc.event.ConfigEvent.SettingChanged;
import io.tftpdc.event.ConfigScope;
import io.tftpdc.index.ConfigState;
import io.tftpdc.runtime.HealthCheck;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Settings by which edge nodes work, changed while they run. */
@Path("/api/v1/config")
@Produces(MediaType.APPLICATION_JSON)
public final class ConfigResource {
    /** What a record may have, in bytes of UTF-8. */
    private static final int MAX_BODY_BYTES = 512 * 1024;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final SettingsDirectory directory;
    private final HealthCheck readBack;
    private final ChangeSettingHandler handler;
    private final AuditLog audit;

    /** @param readBack whether the directory knows all that Kafka has */
    public ConfigResource(
            SettingsDirectory directory, HealthCheck readBack, ChangeSettingHandler handler, AuditLog audit) {
        this.directory = directory;
        this.readBack = readBack;
        this.handler = handler;
        this.audit = audit;
    }

    @GET
    @Operation(summary = "List the settings that were made at run time")
    public SettingsPage list(@QueryParam("scope") @Nullable String scope, @QueryParam("name") @Nullable String name) {
        requireKnown();
        Optional<ConfigScope> ofScope = Optional.ofNullable(scope).map(ConfigResource::parseScope);
        ConfigState state = directory.state();
        return new SettingsPage(
                state.digest(),
                state.winners().stream()
                        .filter(change -> change.value().isPresent())
                        .filter(change -> ofScope.map(change.scope()::equals).orElse(true))
                        .filter(change -> name == null || name.equals(change.name()))
                        .map(ConfigResource::describe)
                        .toList());
    }

    @GET
    @Path("/known")
    @Operation(summary = "List what can be set")
    public SettingsPage.Known known() {
        return new SettingsPage.Known(Settings.known().stream()
                .map(setting -> new SettingsPage.KnownSetting(
                        setting.name(),
                        setting.scopes().stream()
                                .sorted()
                                .map(Setting.Kind::toString)
                                .toList(),
                        typeOf(setting),
                        setting.meaning(),
                        setting.example()))
                .toList());
    }

    private static String typeOf(Setting setting) {
        return setting.type() instanceof Class<?> type
                ? (type.isEnum() ? "text" : type.getSimpleName().toLowerCase(Locale.ROOT))
                : "list";
    }

    @GET
    @Path("/{name}")
    @Operation(summary = "Show a setting in a scope and its latest changes")
    public SettingsPage.History get(
            @PathParam("name") String name, @QueryParam("scope") @DefaultValue("all") String scope) {
        requireKnown();
        ConfigState.Key key = new ConfigState.Key(parseScope(scope), named(name).name());
        List<SettingInfo> changes = directory.state().history(key).stream()
                .map(ConfigResource::describe)
                .toList();
        if (changes.isEmpty()) {
            throw Problem.of(
                            404,
                            "setting-not-made",
                            "`" + name + "` was never set for " + scope + "; what less specific scopes and edge.yaml"
                                    + " say holds",
                            "Set it with PUT, or see GET /api/v1/config")
                    .asException();
        }
        return new SettingsPage.History(changes);
    }

    @PUT
    @Path("/{name}")
    @Consumes(MediaType.WILDCARD)
    @Operation(
            summary = "Set a setting for a scope",
            requestBody =
                    @RequestBody(
                            description = "the value as JSON, written as in edge.yaml",
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON,
                                            schema = @Schema(type = "object"))))
    public SettingInfo set(
            @PathParam("name") String name,
            @QueryParam("scope") @DefaultValue("all") String scope,
            @Parameter(hidden = true) InputStream body,
            @Context HttpServletRequest request)
            throws IOException {
        Setting setting = named(name);
        ConfigScope of = parseScope(scope);
        Deed deed = deed(name, of, "config.set", request);
        byte[] bytes = body.readNBytes(MAX_BODY_BYTES + 1);
        if (bytes.length > MAX_BODY_BYTES) {
            throw refused(deed, 422, "unusable-setting", "`" + name + "` has more than " + MAX_BODY_BYTES + " bytes");
        }
        String json = compact(deed, name, new String(bytes, StandardCharsets.UTF_8));
        try {
            setting.read(of, json);
        } catch (IllegalArgumentException e) {
            throw refused(deed, 422, "unusable-setting", String.valueOf(e.getMessage()));
        }
        return change(deed, of, name, Optional.of(json));
    }

    @DELETE
    @Path("/{name}")
    @Operation(summary = "Unset a setting for a scope: less specific scopes and edge.yaml decide again")
    public SettingInfo unset(
            @PathParam("name") String name,
            @QueryParam("scope") @DefaultValue("all") String scope,
            @Context HttpServletRequest request)
            throws IOException {
        ConfigScope of = parseScope(scope);
        return change(deed(name, of, "config.unset", request), of, named(name).name(), Optional.empty());
    }

    private static Deed deed(String name, ConfigScope scope, String action, HttpServletRequest request) {
        String tenant = scope instanceof ConfigScope.OfTenant one ? one.tenant().value() : "";
        return new Deed(tenant, action, "config/" + scope + "/" + name, request.getRemoteAddr());
    }

    /** One line, and what two people mean to be the same is the same. */
    private String compact(Deed deed, String name, String text) {
        try {
            JsonNode value = JSON.reader()
                    .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .readTree(text);
            if (value.isMissingNode()) {
                throw refused(deed, 400, "malformed-json", "The body is empty; expected the value of `" + name + "`");
            }
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw refused(
                    deed,
                    400,
                    "malformed-json",
                    "The value of `" + name + "` is no JSON: " + e.getOriginalMessage()
                            + "; expected for example true, 8, \"1h\" or [{\"path\": \"boot/**\"}]");
        }
    }

    private SettingInfo change(Deed deed, ConfigScope scope, String name, Optional<String> value) throws IOException {
        requireKnown();
        try {
            SettingChanged changed = handler.change(scope, name, value, deed.actor());
            audit.done(deed, value.orElse("unset"));
            return describe(changed);
        } catch (IllegalArgumentException e) {
            audit.refused(deed, String.valueOf(e.getMessage()));
            throw Problem.of(
                            409,
                            "settings-clash",
                            "`" + name + "` was not changed for " + scope + ": " + e.getMessage(),
                            "See GET /api/v1/config for what is set")
                    .asException();
        } catch (IOException | KafkaException | IllegalStateException e) {
            audit.failed(deed, String.valueOf(e.getMessage()));
            throw Problem.of(
                            503,
                            "kafka-unavailable",
                            "`" + name + "` was not changed for " + scope + ": " + e.getMessage(),
                            "Check that the cluster is reachable and send it again; that is safe")
                    .asException();
        }
    }

    private RuntimeException refused(Deed deed, int status, String slug, String detail) {
        audit.refused(deed, detail);
        return Problem.of(status, slug, detail, "See GET /api/v1/config/known for what can be set")
                .asException();
    }

    private static Setting named(String name) {
        try {
            return Settings.named(name);
        } catch (IllegalArgumentException e) {
            throw Problem.of(400, "unknown-setting", String.valueOf(e.getMessage()), "")
                    .asException();
        }
    }

    private static ConfigScope parseScope(String text) {
        try {
            return ConfigScope.parse(text);
        } catch (IllegalArgumentException e) {
            throw Problem.of(400, "malformed-scope", String.valueOf(e.getMessage()), "")
                    .asException();
        }
    }

    /** Before all has been read, what is not known may be set all the same. */
    private void requireKnown() {
        HealthCheck.Status status;
        try {
            status = readBack.check();
        } catch (Exception e) {
            status = HealthCheck.Status.down(String.valueOf(e));
        }
        if (!status.up()) {
            throw Problem.of(503, "not-ready", "The settings are not known yet: " + status.detail(), "Try again")
                    .asException();
        }
    }

    private static SettingInfo describe(SettingChanged change) {
        return new SettingInfo(
                change.name(),
                change.scope().toString(),
                change.value().orElse(null),
                Instant.ofEpochMilli(change.envelope().time().wallMillis()).toString(),
                change.envelope().origin().value(),
                change.envelope().actor(),
                change.envelope().stamp().toString());
    }
}
