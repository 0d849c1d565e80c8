package io.tftpdc.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.event.EventEnvelope;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileEvent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.VersionVector;
import io.tftpdc.index.FileDecider.Command;
import io.tftpdc.index.FileDecider.Decision;
import io.tftpdc.property.RandomValues;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FileDeciderTest {
    private static final FileKey KEY = FileKey.of("default", "hello.txt");

    private final RandomValues values = new RandomValues(new Random(1));
    private final EventEnvelope envelope = values.envelope();

    @Test
    void publishingBecomesAnEventWithAllThatTheCommandSays() {
        FileContent content = values.content();

        Decision decision = FileDecider.decide(
                FileIndexEntry.empty(KEY),
                new Command.Publish(KEY, content, "text/plain", Map.of("model", "x9300")),
                envelope);

        assertThat(decision)
                .isEqualTo(new Decision.Accepted(new FileEvent.FilePublished(
                        envelope, KEY, content, "text/plain", Map.of("model", "x9300"), VersionVector.NOTHING)));
    }

    @Test
    void removingAFileThatIsThereBecomesAnEvent() {
        FileIndexEntry there = FileIndexFold.apply(
                FileIndexEntry.empty(KEY),
                new FileEvent.FilePublished(values.envelope(), KEY, values.content(), "", Map.of()));

        assertThat(FileDecider.decide(there, new Command.Remove(KEY), envelope))
                .isEqualTo(new Decision.Accepted(new FileEvent.FileRemoved(envelope, KEY, there.seen())));
    }

    @Test
    void removingAFileThatIsNotThereIsRejectedWithWhatToDo() {
        Decision decision = FileDecider.decide(FileIndexEntry.empty(KEY), new Command.Remove(KEY), envelope);

        assertThat(decision).isInstanceOfSatisfying(Decision.Rejected.class, rejected -> assertThat(rejected.reason())
                .contains("default/hello.txt does not exist")
                .contains("list the tenant's files"));
    }

    @Test
    void removingARemovedFileIsRejectedToo() {
        FileIndexEntry removed =
                FileIndexFold.apply(FileIndexEntry.empty(KEY), new FileEvent.FileRemoved(values.envelope(), KEY));

        assertThat(FileDecider.decide(removed, new Command.Remove(KEY), envelope))
                .isInstanceOf(Decision.Rejected.class);
    }
}
