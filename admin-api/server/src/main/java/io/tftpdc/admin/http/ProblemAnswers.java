package io.tftpdc.admin.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.tftpdc.client.CatalogUnavailableException;
import io.tftpdc.client.ContentUnavailableException;
import io.tftpdc.client.PublishFailedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.io.EOFException;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every failure becomes a problem document. */
public final class ProblemAnswers implements ExceptionMapper<Throwable> {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemAnswers.class);

    @Override
    public Response toResponse(Throwable failure) {
        Problem problem = problemOf(failure);
        Response.ResponseBuilder answer =
                Response.status(problem.status()).type(Problem.MEDIA_TYPE).entity(problem);
        if (failure instanceof WebApplicationException web && web.getResponse().getHeaderString("Allow") != null) {
            answer.header("Allow", web.getResponse().getHeaderString("Allow"));
        }
        if (problem.status() == 503) {
            answer.header("Retry-After", "2");
        }
        return answer.build();
    }

    static Problem problemOf(Throwable failure) {
        return switch (failure) {
            case ProblemException answer -> answer.problem();
            case CatalogUnavailableException e -> unavailable("index-unavailable", e);
            case PublishFailedException e -> unavailable("kafka-unavailable", e);
            case ContentUnavailableException e -> unavailable("content-unavailable", e);
            case JsonProcessingException e ->
                Problem.of(400, "malformed-json", "The body is not JSON as expected: " + e.getOriginalMessage(), "");
            case EOFException e ->
                Problem.of(400, "body-broke-off", "The body ended before its announced length", "Send it again");
            case WebApplicationException e when e.getResponse().getStatus() < 500 -> ofStatus(e);
            default -> internal(failure);
        };
    }

    private static Problem unavailable(String slug, Exception e) {
        return Problem.of(503, slug, String.valueOf(e.getMessage()), "");
    }

    private static Problem ofStatus(WebApplicationException e) {
        int status = e.getResponse().getStatus();
        return switch (status) {
            case 404 ->
                Problem.of(404, "no-such-resource", "There is nothing at this path", "See GET / for what there is");
            case 405 ->
                Problem.of(
                        405,
                        "method-not-allowed",
                        "This path does not take that method",
                        "Use one of: " + e.getResponse().getHeaderString("Allow"));
            default -> Problem.of(status, "bad-request", String.valueOf(e.getMessage()), "");
        };
    }

    private static Problem internal(Throwable failure) {
        String reference = UUID.randomUUID().toString();
        LOG.atError().setCause(failure).addKeyValue("reference", reference).log("Request failed");
        return Problem.of(
                500,
                "internal-error",
                "Something went wrong inside",
                "Look for reference " + reference + " in the log of the admin API and report it");
    }
}
