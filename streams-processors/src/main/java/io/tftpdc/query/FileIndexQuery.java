package io.tftpdc.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.projection.BucketDigest;
import io.tftpdc.projection.ContentLocationTopology;
import io.tftpdc.projection.DigestStore;
import io.tftpdc.projection.FileIndexTopology;
import io.tftpdc.query.IndexAnswers.Answer;
import io.tftpdc.runtime.OpsServer;
import io.tftpdc.topic.Topics;
import io.tftpdc.wire.SchemaIds;
import java.io.IOException;
import java.net.URI;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.HostInfo;

/**
 * The query endpoint of the file index: JSON over HTTP on the operations port, answered from the projections' stores.
 *
 * <table>
 * <caption>Requests</caption>
 * <tr><td>{@code GET /query/v1/files?key=<tenant/path>}</td>
 *     <td>200 with the entry; 404 with {@code "absent":true} when nothing was ever said about the file</td></tr>
 * <tr><td>{@code GET /query/v1/list?tenant=T&prefix=P&after=PATH&limit=N&removed=false}</td>
 *     <td>{@code {"entries":[entry…],"next":PATH or null}}: files of a tenant in the byte order of their UTF-8 paths.
 *     All but {@code tenant} may be left out; {@code limit} is 100 unless told and 1000 at most; {@code next} is the
 *     {@code after} of the next page; {@code removed=true} lists removed files too, {@code conflicts=true} those with
 *     open conflicts and no others</td></tr>
 * <tr><td>{@code GET /query/v1/digests?tenant=T}</td>
 *     <td>{@code {"tenants":{"T":{"digest":HEX,"files":N,"conflicts":N,"buckets":{"0":HEX,…}}}}}: convergence
 *     digests ({@link io.tftpdc.index.IndexDigest}) in total and of the buckets that are not empty, how many files
 *     exist and how many conflicts are open; of all tenants unless one is named</td></tr>
 * <tr><td>{@code GET /query/v1/fingerprints?tenant=T&buckets=1,2&limit=N}</td>
 *     <td>{@code {"site":NAME,"entries":{PATH:HEX,…},"more":false}}: the digest of all revisions of each entry in those buckets, to
 *     find out which files differ from another site's; {@code limit} is 50,000 unless told and at most</td></tr>
 * <tr><td>{@code POST /query/v1/locations} with {@code {"hashes":[HEX,…]}}</td>
 *     <td>{@code {"locations":{HEX:{"topic","partition","offset","size"}}}}: where chunks lie in this site's Kafka; at
 *     most 20,000 hashes; those of which nothing is known are left out</td></tr>
 * </table>
 *
 * <p>An entry is what {@link io.tftpdc.client.IndexJson} writes: {@code {"tenant","path","revisions":[…]}}, the winning
 * revision first.
 *
 * <p>400: the parameters make no sense. 503: the index, or a part of it, cannot be read now, because it starts or moves
 * between processes; ask again. Both carry {@code {"message":…}}. An answer is never silently incomplete.
 *
 * <p>Where several processes share the index, any of them may be asked: it passes a question about one file to the
 * process that holds it, and gathers lists from all. {@code local=true} on any request keeps it to the process that is
 * asked; the processes use it among themselves.
 *
 * <p>Handlers run on the {@link OpsServer}'s threads.
 */
public final class FileIndexQuery implements AutoCloseable {
    static final String FILES = "/query/v1/files";
    static final String LIST = "/query/v1/list";
    static final String DIGESTS = "/query/v1/digests";
    static final String FINGERPRINTS = "/query/v1/fingerprints";
    static final String LOCATIONS = "/query/v1/locations";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_BODY_BYTES = 4 << 20;

    private final IndexAnswers answers;
    private final PeerClient peers;

    FileIndexQuery(IndexAnswers answers, PeerClient peers) {
        this.answers = answers;
        this.peers = peers;
    }

    /**
     * Over two running applications.
     *
     * @param site whose index it is
     * @param index runs {@link FileIndexTopology}
     * @param content runs {@link ContentLocationTopology}
     * @param self what both gave as {@code application.server}: where this process's operations port is reached
     */
    public static FileIndexQuery over(
            SiteName site, KafkaStreams index, KafkaStreams content, HostInfo self, SchemaIds ids) {
        PeerClient peers = new PeerClient();
        int eventPartitions = Topics.FILE_EVENTS.settings().partitions();
        int contentPartitions = Topics.CONTENT.settings().partitions();
        return new FileIndexQuery(
                new IndexAnswers(
                        site,
                        new StreamsStoreView<Bytes, byte[]>(
                                index,
                                FileIndexTopology.STORE,
                                eventPartitions,
                                self,
                                Serdes.Bytes().serializer()),
                        new StreamsStoreView<String, BucketDigest>(
                                index,
                                DigestStore.NAME,
                                eventPartitions,
                                self,
                                Serdes.String().serializer()),
                        new StreamsStoreView<Bytes, byte[]>(
                                content,
                                ContentLocationTopology.STORE,
                                contentPartitions,
                                self,
                                Serdes.Bytes().serializer()),
                        ids,
                        peers),
                peers);
    }

    /** Where a process of the site is asked. */
    public static URI endpoint(HostInfo process) {
        return StreamsStoreView.endpoint(process);
    }

    /** Answers that the index cannot be asked yet, until {@link #serveOn}. */
    public static void serveStarting(OpsServer server) {
        server.handle(
                "/query/",
                exchange -> OpsServer.respond(
                        exchange,
                        503,
                        "application/json",
                        "{\"message\":\"the streams processors are starting; ask again\"}\n"));
    }

    /** Answers on this server from now on. */
    public void serveOn(OpsServer server) {
        server.handle(FILES, get(FILES, answers::file));
        server.handle(LIST, get(LIST, answers::list));
        server.handle(DIGESTS, get(DIGESTS, answers::digests));
        server.handle(FINGERPRINTS, get(FINGERPRINTS, answers::fingerprints));
        server.handle(
                LOCATIONS,
                exchange -> respond(exchange, LOCATIONS, Set.of("POST"), parameters -> {
                    byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
                    if (body.length > MAX_BODY_BYTES) {
                        throw new IllegalArgumentException(
                                "the body is larger than " + MAX_BODY_BYTES + " bytes; ask for fewer hashes at once");
                    }
                    return answers.locations(parameters, json(body));
                }));
    }

    /**
     * What the index knows of a file now. Any thread; blocks while another process of the site is asked.
     *
     * @throws NotQueryableException when nobody can say now
     */
    public FileIndexEntry entry(FileKey key) {
        return answers.entryOf(key);
    }

    @Override
    public void close() {
        peers.close();
    }

    private interface Question {
        Answer ask(Parameters parameters) throws IOException;
    }

    private static HttpHandler get(String path, Question question) {
        return exchange -> respond(exchange, path, Set.of("GET", "HEAD"), question);
    }

    private static void respond(HttpExchange exchange, String path, Set<String> methods, Question question)
            throws IOException {
        Answer answer = answer(exchange, path, methods, question);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        OpsServer.respond(
                exchange, answer.status(), "application/json", answer.body().toString() + "\n");
    }

    private static Answer answer(HttpExchange exchange, String path, Set<String> methods, Question question)
            throws IOException {
        if (!exchange.getRequestURI().getPath().equals(path)) {
            return Answer.error(404, "no such path; did you mean " + path + "?");
        }
        if (!methods.contains(exchange.getRequestMethod())) {
            exchange.getResponseHeaders().set("Allow", String.join(", ", methods));
            return Answer.error(405, "use " + String.join(" or ", methods));
        }
        try {
            return question.ask(Parameters.parse(exchange.getRequestURI().getRawQuery()));
        } catch (IllegalArgumentException e) {
            return Answer.error(400, String.valueOf(e.getMessage()));
        } catch (NotQueryableException e) {
            return Answer.error(503, String.valueOf(e.getMessage()));
        } catch (InvalidStateStoreException e) {
            return Answer.error(
                    503, "the index moved to another process meanwhile; ask again (" + e.getMessage() + ")");
        }
    }

    private static JsonNode json(byte[] body) throws IOException {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the body is no JSON: " + e.getOriginalMessage(), e);
        }
    }
}
