package io.tftpdc.client;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The admin API's answer to a publish.
 *
 * @param outcome {@code created}, {@code replaced}, or {@code accepted} when Kafka has it but the index is late
 * @param sites whose variant it is; none for the file that all sites have
 * @param sha256 of what arrived, in hexadecimal
 * @param size bytes that arrived
 * @param stamp of the event
 * @param message for people
 * @param links to {@code content}, {@code metadata} and {@code history}
 */
public record PublishReceipt(
        String outcome,
        String tenant,
        String path,
        List<String> sites,
        String sha256,
        long size,
        String stamp,
        String message,
        Map<String, String> links) {

    /** A server from before there were variants does not mention sites. */
    @JsonCreator
    public PublishReceipt(
            @JsonProperty("outcome") String outcome,
            @JsonProperty("tenant") String tenant,
            @JsonProperty("path") String path,
            @JsonProperty("sites") @Nullable List<String> sites,
            @JsonProperty("sha256") String sha256,
            @JsonProperty("size") long size,
            @JsonProperty("stamp") String stamp,
            @JsonProperty("message") String message,
            @JsonProperty("links") Map<String, String> links) {
        this.outcome = outcome;
        this.tenant = tenant;
        this.path = path;
        this.sites = sites == null ? List.of() : List.copyOf(sites);
        this.sha256 = sha256;
        this.size = size;
        this.stamp = stamp;
        this.message = message;
        this.links = links;
    }
}
