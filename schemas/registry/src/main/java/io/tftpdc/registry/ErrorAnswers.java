package io.tftpdc.registry;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every failure becomes {@code {"error_code": …, "message": …}}. */
public final class ErrorAnswers implements ExceptionMapper<Throwable> {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswers.class);

    @Override
    public Response toResponse(Throwable e) {
        if (e instanceof RegistryException refused) {
            return answer(refused.error());
        }
        if (e instanceof WebApplicationException web && web.getResponse().getStatus() < 500) {
            return answer(new RegistryError(web.getResponse().getStatus(), String.valueOf(e.getMessage())));
        }
        LOG.atError().setCause(e).log("Request failed");
        return answer(new RegistryError(500, "Internal error; see the registry's log"));
    }

    private static Response answer(RegistryError error) {
        return Response.status(error.httpStatus())
                .type(Api.V1_JSON)
                .entity(new Api.Failure(error.code(), error.message()))
                .build();
    }
}
