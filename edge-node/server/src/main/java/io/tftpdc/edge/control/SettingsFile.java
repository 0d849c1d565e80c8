package io.tftpdc.edge.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tftpdc.edge.settings.Settings;
import io.tftpdc.event.ConfigEvent.SettingChanged;
import io.tftpdc.event.ConfigScope;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.ConfigState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings in force on disk, and what it takes to leave out the same again: for a start without Kafka. Each line is one
 * change, in JSON; the file is replaced as a whole. What it lacks comes again from Kafka, so a damaged line is left out.
 */
final class SettingsFile {
    private static final Logger LOG = LoggerFactory.getLogger(SettingsFile.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;

    SettingsFile(Path file) {
        this.file = file;
    }

    ConfigState read() {
        List<SettingChanged> changes = new ArrayList<>();
        try {
            // Not strictly: what is no UTF-8 spoils its own line only.
            String lines = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            lines.lines().forEach(line -> change(line).ifPresent(changes::add));
        } catch (NoSuchFileException e) {
            return ConfigState.EMPTY;
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("file", file).setCause(e).log("Settings cannot be read; Kafka has them, too");
        }
        return ConfigState.of(changes);
    }

    private Optional<SettingChanged> change(String line) {
        try {
            JsonNode one = JSON.readTree(line);
            SettingChanged change = new SettingChanged(
                    new EventEnvelope(
                            EventId.parse(one.path("event").asText()),
                            new SiteName(one.path("origin").asText()),
                            new HybridTime(one.path("time").asLong(-1)),
                            one.path("actor").asText()),
                    ConfigScope.parse(one.path("scope").asText()),
                    one.path("name").asText(),
                    Optional.ofNullable(one.path("value").textValue()));
            Optional<String> problem = Settings.problem(change);
            if (problem.isEmpty()) {
                return Optional.of(change);
            }
            throw new IllegalArgumentException(problem.get());
        } catch (IOException | IllegalArgumentException e) {
            LOG.atWarn().addKeyValue("file", file).setCause(e).log("A setting is left out; Kafka has it, too");
            return Optional.empty();
        }
    }

    /** Returns when it is on the disk itself. */
    void write(List<SettingChanged> changes) {
        StringBuilder lines = new StringBuilder();
        for (SettingChanged change : changes) {
            ObjectNode one = JSON.createObjectNode()
                    .put("name", change.name())
                    .put("scope", change.scope().toString())
                    .put("value", change.value().orElse(null))
                    .put("time", change.envelope().time().packed())
                    .put("origin", change.envelope().origin().value())
                    .put("event", change.envelope().eventId().toString())
                    .put("actor", change.envelope().actor());
            lines.append(one).append('\n');
        }
        Path written = file.resolveSibling(file.getFileName() + ".new");
        try {
            try (FileChannel channel = FileChannel.open(
                    written,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                ByteBuffer bytes = StandardCharsets.UTF_8.encode(lines.toString());
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("settings cannot be kept in " + file, e);
        }
    }
}
