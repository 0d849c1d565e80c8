package io.tftpdc.edge.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tftpdc.wire.SchemaIds;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;

/** A schema registry that numbers schemas as they come, as foreign ones do: at another site a number means another schema. */
public final class NumberedRegistry implements SchemaIds, AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<Schema> schemas = new ArrayList<>();
    private final HttpServer server;

    public NumberedRegistry(List<Schema> first) {
        schemas.addAll(first);
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        server.createContext("/subjects/", exchange -> {
            JsonNode asked = JSON.readTree(exchange.getRequestBody());
            Schema schema = new Schema.Parser().parse(asked.path("schema").asText());
            answer(exchange, 200, JSON.createObjectNode().put("id", idOf("", schema)));
        });
        server.createContext("/schemas/ids/", exchange -> {
            String[] path = exchange.getRequestURI().getPath().split("/");
            try {
                Schema schema = schemaOf(Integer.parseInt(path[path.length - 1]));
                answer(exchange, 200, JSON.createObjectNode().put("schema", schema.toString()));
            } catch (SerializationException e) {
                answer(
                        exchange,
                        404,
                        JSON.createObjectNode().put("error_code", 40403).put("message", e.getMessage()));
            }
        });
        server.start();
    }

    private static void answer(HttpExchange exchange, int status, JsonNode body) throws IOException {
        byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/vnd.schemaregistry.v1+json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public synchronized int idOf(String subject, Schema schema) {
        if (!schemas.contains(schema)) {
            schemas.add(schema);
        }
        return schemas.indexOf(schema) + 1;
    }

    @Override
    public synchronized Schema schemaOf(int id) {
        if (id < 1 || id > schemas.size()) {
            throw new SerializationException("there is no schema " + id);
        }
        return schemas.get(id - 1);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
