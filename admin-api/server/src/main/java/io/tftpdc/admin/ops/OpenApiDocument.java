package io.tftpdc.admin.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.swagger.v3.core.util.Json;
import io.swagger.v3.jaxrs2.Reader;
import io.swagger.v3.oas.integration.SwaggerConfiguration;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The API's description, made from the resources when it is first asked for, so that starting costs nothing. */
public final class OpenApiDocument {
    private final Set<Class<?>> resources;
    private @Nullable String json;

    public OpenApiDocument(Set<Class<?>> resources) {
        this.resources = Set.copyOf(resources);
    }

    /** OpenAPI 3.0 in JSON. Any thread; the first call takes about a second. */
    public synchronized String json() throws JsonProcessingException {
        String made = json;
        if (made == null) {
            OpenAPI api =
                    new OpenAPI().info(new Info().title("tftpdc admin API").version("v1"));
            made = Json.mapper()
                    .writeValueAsString(new Reader(new SwaggerConfiguration().openAPI(api)).read(resources));
            json = made;
        }
        return made;
    }
}
