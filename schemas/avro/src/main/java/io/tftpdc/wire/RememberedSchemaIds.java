package io.tftpdc.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps on disk what a registry answered, one file {@code <id>.avsc} each, so that a process that has worked once
 * starts, reads and writes without the registry. An id never changes its meaning, so what is remembered never ages.
 *
 * <p>Thread-safe. Blocks like the source the first time it sees a schema or a number.
 */
public final class RememberedSchemaIds implements SchemaIds {
    private static final Logger LOG = LoggerFactory.getLogger(RememberedSchemaIds.class);
    private static final String SUFFIX = ".avsc";

    private final Path directory;
    private final SchemaIds source;
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
    private final Map<Use, Integer> ids = new ConcurrentHashMap<>();

    private record Use(String subject, Schema schema) {}

    private RememberedSchemaIds(Path directory, SchemaIds source) {
        this.directory = directory;
        this.source = source;
    }

    /** @param directory created when absent */
    public static RememberedSchemaIds in(Path directory, SchemaIds source) throws IOException {
        Files.createDirectories(directory);
        RememberedSchemaIds remembered = new RememberedSchemaIds(directory, source);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = file.getFileName().toString();
                if (name.endsWith(SUFFIX)) {
                    remembered.load(file, name.substring(0, name.length() - SUFFIX.length()));
                }
            }
        }
        return remembered;
    }

    /** A file that cannot be read is worth nothing: the registry is asked again. */
    private void load(Path file, String id) {
        try {
            schemas.put(Integer.parseInt(id), new Schema.Parser().parse(Files.readString(file)));
        } catch (IOException | AvroRuntimeException | NumberFormatException e) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("reason", e.getMessage())
                    .log("A remembered schema cannot be read; deleting it, the registry is asked again");
            try {
                Files.deleteIfExists(file);
            } catch (IOException kept) {
                LOG.atWarn().addKeyValue("file", file).setCause(kept).log("It cannot be deleted either");
            }
        }
    }

    /** Asks the registry once per process, because asking may register; falls back on what is remembered. */
    @Override
    public int idOf(String subject, Schema schema) {
        Use use = new Use(subject, schema);
        Integer known = ids.get(use);
        if (known == null) {
            known = ask(subject, schema);
            ids.put(use, known);
        }
        return known;
    }

    /**
     * Derives the id from the schema, so that nobody is asked; whatever the registry named is known by that id too. Kept
     * apart from what the registry answered: no record may leave the process with such an id.
     */
    @Override
    public SchemaIds forStorage() {
        try {
            RememberedSchemaIds derived = in(directory.resolve("stored"), this);
            return new SchemaIds() {
                private final Map<Schema, Integer> ids = new ConcurrentHashMap<>();

                @Override
                public int idOf(String subject, Schema schema) {
                    return ids.computeIfAbsent(schema, this::derive);
                }

                private int derive(Schema schema) {
                    int id = DerivedSchemaIds.derive(schema.toString());
                    Schema named = schemas.getOrDefault(id, schema);
                    if (!named.equals(schema)) {
                        throw new SerializationException("schema id " + id + ", which is derived from "
                                + schema.getFullName() + ", was given to " + named.getFullName()
                                + " by the registry; empty the data directory's schemas and index");
                    }
                    derived.remember(id, schema);
                    return id;
                }

                @Override
                public Schema schemaOf(int id) {
                    Schema stored = derived.schemas.get(id);
                    return stored == null ? RememberedSchemaIds.this.schemaOf(id) : stored;
                }
            };
        } catch (IOException e) {
            throw new UncheckedIOException("schemas cannot be kept in " + directory, e);
        }
    }

    @Override
    public Schema schemaOf(int id) {
        Schema known = schemas.get(id);
        if (known == null) {
            known = source.schemaOf(id);
            remember(id, known);
        }
        return known;
    }

    private int ask(String subject, Schema schema) {
        try {
            int id = source.idOf(subject, schema);
            remember(id, schema);
            return id;
        } catch (SerializationException e) {
            return rememberedIdOf(schema).orElseThrow(() -> e);
        }
    }

    private Optional<Integer> rememberedIdOf(Schema schema) {
        return schemas.entrySet().stream()
                .filter(entry -> entry.getValue().equals(schema))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private synchronized void remember(int id, Schema schema) {
        if (schemas.containsKey(id)) {
            return;
        }
        try {
            Path written = directory.resolve(id + ".new");
            write(written, schema.toString());
            Files.move(written, directory.resolve(id + SUFFIX), StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
                names.force(true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("schema " + id + " cannot be kept in " + directory, e);
        }
        schemas.put(id, schema);
    }

    /** On the disk itself before the name is: a power cut leaves no empty file. */
    private static void write(Path file, String text) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }
}
