package io.tftpdc.intake;

import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.EventId;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridClock;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.RejectedRecord;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.event.SiteVariant;
import io.tftpdc.event.VersionVector;
import io.tftpdc.index.ClockSkew;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Identity and time of the events of one task. The latest time is kept in a store that moves with the task, because of
 * two records of one file the later must win, also when another machine, whose clock is behind, processes it.
 */
final class IntakeClock {
    static final String STORE = "intake-clock";
    private static final String LAST = "last";

    private final SiteName site;
    private final HybridClock clock;
    private final ClockSkew skew;
    private final KeyValueStore<String, Long> store;

    /** @param clock shared with all that reads or writes events in this process */
    IntakeClock(SiteName site, HybridClock clock, ClockSkew skew, KeyValueStore<String, Long> store) {
        this.site = site;
        this.clock = clock;
        this.skew = skew;
        this.store = store;
    }

    static StoreBuilder<KeyValueStore<String, Long>> storeBuilder() {
        return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(STORE), Serdes.String(), Serdes.Long())
                // Of the times that a transaction gives only the last goes to the changelog, not one for every file.
                .withCachingEnabled()
                .withLoggingEnabled(Map.of());
    }

    /** Why no event may be written now; see {@link ClockSkew#clockProblem}. */
    Optional<String> problem(long nowMillis) {
        observeLast();
        return skew.clockProblem(clock.latest(), nowMillis, ", or until then through REST");
    }

    private void observeLast() {
        Long last = store.get(LAST);
        if (last != null) {
            clock.observe(new HybridTime(last));
        }
    }

    /**
     * The envelope of the event that this record causes for this file. Its id depends on the record and the file alone,
     * so a record that is processed again causes the same event.
     *
     * @param origin the record; its time is the broker's (LogAppendTime)
     * @param file what the record is keyed by, or a site's variant of that
     * @param seen what the index knows of the file, perhaps in another process, by sites whose clocks are ahead: the
     *     event is later than all of that, or it would lose to what it replaces
     */
    EventEnvelope envelope(RejectedRecord.Origin origin, FileKey file, VersionVector seen, long nowMillis) {
        observeLast();
        seen.latest().values().stream()
                .filter(time -> skew.accepts(time, nowMillis))
                .forEach(clock::observe);
        long appended = origin.timestampMillis();
        if (appended > 0 && appended - nowMillis <= skew.allowedMillis()) {
            clock.observe(HybridTime.of(appended, 0));
        }
        HybridTime time = clock.tick();
        store.put(LAST, time.packed());
        return new EventEnvelope(
                eventId(site, origin, SiteVariant.of(file.path())), site, time, "kafka:" + origin.topic());
    }

    /** @param variant that the event is about; empty when it is about the file that the record names */
    static EventId eventId(SiteName site, RejectedRecord.Origin origin, Optional<SiteVariant> variant) {
        String text = String.join(
                "\n",
                variant.map(of -> of.site() + "@" + site).orElse(site.value()),
                origin.topic(),
                Integer.toString(origin.partition()),
                Long.toString(origin.offset()),
                Long.toString(origin.timestampMillis()));
        ByteBuffer hash =
                ByteBuffer.wrap(Sha256.of(text.getBytes(StandardCharsets.UTF_8)).bytes());
        // RFC 9562: version 8 is for hashes of one's own, the two upper bits of the second half are the variant.
        long high = (hash.getLong() & ~0xF000L) | 0x8000L;
        long low = (hash.getLong() & ~(3L << 62)) | (1L << 63);
        return new EventId(new UUID(high, low));
    }
}
