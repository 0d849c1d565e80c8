package io.tftpdc.cli;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tftpdc.launcher.SitesStatus;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Speaks to the process that runs several sites, and to their REST where {@code TftpdcClient} has no words. */
final class SitesClient implements AutoCloseable {

    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private final URI control;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(ANSWER)
            .build();

    SitesClient(URI control) {
        this.control = control;
    }

    SitesStatus status() throws IOException, InterruptedException {
        return JSON.readValue(ask(HttpRequest.newBuilder(control.resolve("/sites"))), SitesStatus.class);
    }

    /** @param state {@link SitesStatus#CUT} or {@link SitesStatus#UP} */
    void change(String from, String to, String state) throws IOException, InterruptedException {
        ask(HttpRequest.newBuilder(control.resolve("/links/" + from + "/" + to))
                .PUT(HttpRequest.BodyPublishers.ofString(state)));
    }

    /** The convergence digest of a site's index for the default tenant. */
    String digest(SitesStatus.Site site) throws IOException, InterruptedException {
        String body = ask(HttpRequest.newBuilder(site.rest().resolve("/api/v1/digests?tenant=default")));
        return JSON.readTree(body).at("/tenants/default/digest").asText();
    }

    private String ask(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpRequest whole = request.timeout(ANSWER).build();
        try {
            HttpResponse<String> response = http.send(whole, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IOException(whole.uri() + " answered " + response.statusCode() + ": "
                        + response.body().strip());
            }
            return response.body();
        } catch (ConnectException e) {
            throw new IOException(
                    "cannot reach " + whole.uri() + ": are the sites up? Start them with compose/up --sites 2, or give"
                            + " --control as it says",
                    e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
