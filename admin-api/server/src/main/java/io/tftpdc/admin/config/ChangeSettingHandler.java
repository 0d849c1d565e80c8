package io.tftpdc.admin.config;

import io.tftpdc.client.TopicWriter;
import io.tftpdc.edge.settings.Combinations;
import io.tftpdc.event.ConfigEvent.SettingChanged;
import io.tftpdc.event.ConfigScope;
import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.HybridClock;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.ClockSkew;
import io.tftpdc.index.ConfigState;
import io.tftpdc.topic.Topics;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;

/** Writes down that a setting has another value, stamped later than the one it replaces. Any thread; blocks. */
public final class ChangeSettingHandler {
    private static final Duration READ_BACK = Duration.ofSeconds(5);

    private final TopicWriter writer;
    private final SettingsDirectory directory;
    private final SiteName site;
    private final HybridClock clock;

    public ChangeSettingHandler(TopicWriter writer, SettingsDirectory directory, SiteName site, HybridClock clock) {
        this.writer = writer;
        this.directory = directory;
        this.site = site;
        this.clock = clock;
    }

    /**
     * Returns when Kafka has the change, and this process has read it back unless it is late.
     *
     * @param value as JSON, known to be good; empty to unset it
     * @throws IllegalArgumentException when it does not go together with another setting, naming that one
     */
    SettingChanged change(ConfigScope scope, String name, Optional<String> value, String actor) throws IOException {
        ConfigState.Key key = new ConfigState.Key(scope, name);
        directory
                .state()
                .latest(key)
                .ifPresent(known -> clock.observe(known.envelope().time()));
        Optional<String> clockProblem = ClockSkew.DEFAULT.clockProblem(clock.latest(), clock.wallMillis(), "");
        if (clockProblem.isPresent()) {
            throw new IOException(clockProblem.get());
        }
        SettingChanged change = new SettingChanged(
                new EventEnvelope(new EventId(UUID.randomUUID()), site, clock.tick(), actor), scope, name, value);
        Optional<String> clash = Combinations.problem(directory.state(), change);
        if (clash.isPresent()) {
            throw new IllegalArgumentException(clash.get());
        }
        try {
            writer.write(Topics.CONFIG_EVENTS, scope.toString(), change).get();
            directory.await(change, READ_BACK);
            return change;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while setting " + name);
        } catch (ExecutionException e) {
            throw new IOException("Kafka did not take the setting " + name, e.getCause());
        }
    }
}
