package io.tftpdc.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.event.FileKey;
import io.tftpdc.event.VersionVector;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.query.NotQueryableException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.junit.jupiter.api.Test;

class IndexKnowledgeTest {
    private static final FileKey KEY = FileKey.of("default", "a");

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final AtomicInteger asked = new AtomicInteger();
    private Duration takes = Duration.ZERO;
    private boolean answers = true;

    private final IndexKnowledge knowledge = new IndexKnowledge(this::entry, nanos::get);

    @Test
    void anIndexThatAnswersIsAskedForEveryFile() {
        for (int i = 0; i < 3; i++) {
            assertThat(knowledge.of(KEY).known()).isTrue();
        }
        assertThat(asked).hasValue(3);
    }

    @Test
    void anAbsentIndexIsAskedOnceASecondAndPublishingGoesOnWithoutIt() {
        answers = false;
        assertThat(knowledge.of(KEY)).isEqualTo(VersionVector.UNKNOWN);
        pass(Duration.ofMillis(999));
        assertThat(knowledge.of(KEY)).isEqualTo(VersionVector.UNKNOWN);
        assertThat(asked).hasValue(1);

        answers = true;
        pass(Duration.ofMillis(1));
        assertThat(knowledge.of(KEY).known()).isTrue();
        assertThat(asked).hasValue(2);
    }

    @Test
    void anIndexThatHangsGetsAFifthOfTheTimeAtMost() {
        answers = false;
        takes = Duration.ofSeconds(5);
        long began = nanos.get();
        while (asked.get() < 4) {
            knowledge.of(KEY);
            pass(Duration.ofMillis(100));
        }
        assertThat(Duration.ofNanos(nanos.get() - began)).isBetween(Duration.ofSeconds(80), Duration.ofSeconds(81));

        answers = true;
        takes = Duration.ZERO;
        pass(Duration.ofSeconds(20));
        assertThat(knowledge.of(KEY).known()).isTrue();
    }

    @Test
    void anAnswerThatIsNotUnderstoodEndsNoStreamThread() {
        IndexKnowledge other = new IndexKnowledge(
                key -> {
                    asked.incrementAndGet();
                    throw new IllegalArgumentException("path is ''");
                },
                nanos::get);

        assertThat(other.of(KEY)).isEqualTo(VersionVector.UNKNOWN);
        assertThat(other.of(KEY)).isEqualTo(VersionVector.UNKNOWN);
        assertThat(asked).hasValue(1);
    }

    private FileIndexEntry entry(FileKey key) {
        pass(takes);
        if (!answers) {
            throw asked.incrementAndGet() % 2 == 0
                    ? new InvalidStateStoreException("moved")
                    : new NotQueryableException("starting");
        }
        asked.incrementAndGet();
        return FileIndexEntry.empty(key);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
